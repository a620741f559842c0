import { Group, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { put, remove } from "../../api/client";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { idFor } from "../../parts/ids";
import { ThingForm } from "../../parts/ThingForm";
import type { Service } from "./graph";
import { impactWord } from "./health";

const FRESH: Service["spec"] = {
  name: "",
  team: "",
  description: "",
  impact: "medium",
  depends_on: [],
  runbook: "",
  calendar: "",
};

/** A service to make or to change. */
export function ServiceForm({ one, all, close }: { one?: Service; all: Service[]; close: () => void }) {
  const teams = useGet("/api/v1/teams", { query: { limit: 500 } });
  const calendars = useGet("/api/v1/calendars", { query: { limit: 500 } });
  const [spec, setSpec] = useState(one?.spec ?? FRESH);
  const set = (patch: Partial<Service["spec"]>) => setSpec({ ...spec, ...patch });
  const named = (items: { id: string; spec: { name: string } }[] = []) =>
    items.map((each) => ({ value: each.id, label: each.spec.name }));
  const taken = all.map((each) => each.id);
  const path = { service_id: one?.id ?? idFor(spec.name, taken, "service") };
  return (
    <ThingForm
      title={one ? one.spec.name : i18n.t("New service")}
      name={spec.name}
      rename={(name) => set({ name })}
      save={() => put("/api/v1/services/{service_id}", { path, body: spec })}
      back={() =>
        one
          ? put("/api/v1/services/{service_id}", { path, body: one.spec })
          : remove("/api/v1/services/{service_id}", { path })
      }
      touches={["/api/v1/services"]}
      close={close}
    >
      <Textarea
        label={i18n.t("What it is")}
        autosize
        value={spec.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <Group grow>
        <Select
          label={i18n.t("Owner")}
          data={[{ value: "", label: i18n.t("no team") }, ...named(teams.data?.items)]}
          value={spec.team}
          onChange={(team) => set({ team: team ?? "" })}
        />
        <Select
          label={i18n.t("Impact")}
          data={["high", "medium", "low"].map((value) => ({ value, label: impactWord(value) }))}
          value={spec.impact}
          onChange={(impact) => set({ impact: impact ?? "medium" })}
        />
      </Group>
      <MultiSelect
        label={i18n.t("Depends on")}
        searchable
        data={named(all.filter((each) => each.id !== one?.id))}
        value={spec.depends_on}
        onChange={(depends_on) => set({ depends_on })}
      />
      <TextInput
        label={i18n.t("Runbook")}
        type="url"
        placeholder="https://…"
        value={spec.runbook}
        onChange={(event) => set({ runbook: event.currentTarget.value })}
      />
      <Select
        label={i18n.t("Support hours")}
        description={i18n.t(
          "For people to read. Pages go out at any hour; when somebody is on call is up to schedules.",
        )}
        inputWrapperOrder={["label", "input", "description", "error"]}
        data={[{ value: "", label: i18n.t("always") }, ...named(calendars.data?.items)]}
        value={spec.calendar}
        onChange={(calendar) => set({ calendar: calendar ?? "" })}
      />
    </ThingForm>
  );
}
