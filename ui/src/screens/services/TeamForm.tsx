import { MultiSelect } from "@mantine/core";
import { useState } from "react";
import { put, remove, type Schemas } from "../../api/client";
import { i18n } from "../../i18n";
import { idFor } from "../../parts/ids";
import { ThingForm } from "../../parts/ThingForm";
import { useDuty } from "./duty";

type Team = Schemas["TeamShown"];

/** A team to make or to change: its name and its people. */
export function TeamForm({ one, taken, close }: { one?: Team; taken: string[]; close: () => void }) {
  const { users } = useDuty();
  const [spec, setSpec] = useState(one?.spec ?? { name: "", members: [] });
  const path = { team_id: one?.id ?? idFor(spec.name, taken, "team") };
  return (
    <ThingForm
      title={one ? one.spec.name : i18n.t("New team")}
      name={spec.name}
      rename={(name) => setSpec({ ...spec, name })}
      save={() => put("/api/v1/teams/{team_id}", { path, body: spec })}
      back={() =>
        one ? put("/api/v1/teams/{team_id}", { path, body: one.spec }) : remove("/api/v1/teams/{team_id}", { path })
      }
      touches={["/api/v1/teams"]}
      close={close}
    >
      <MultiSelect
        label={i18n.t("Members")}
        searchable
        data={users.map((each) => ({ value: each.id, label: each.spec.name }))}
        value={spec.members}
        onChange={(members) => setSpec({ ...spec, members })}
      />
    </ThingForm>
  );
}
