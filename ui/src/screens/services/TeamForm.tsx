import { Button, Group, Modal, MultiSelect, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { type Problem, put, remove, type Schemas } from "../../api/client";
import { refresh } from "../../api/query";
import { i18n } from "../../i18n";
import { done } from "../../parts/acts";
import { Fault } from "../../parts/marks";
import { idFor } from "../schedules/templates";
import { useDuty } from "./duty";

type Team = Schemas["TeamShown"];

/** A team to make or to change: its name and its people. */
export function TeamForm({ one, taken, close }: { one?: Team; taken: string[]; close: () => void }) {
  const { users } = useDuty();
  const [spec, setSpec] = useState(one?.spec ?? { name: "", members: [] });
  const [fault, setFault] = useState<Problem | null>(null);
  const save = async () => {
    const path = { team_id: one?.id ?? idFor(spec.name, taken, "team") };
    try {
      await put("/api/v1/teams/{team_id}", { path, body: spec });
      done(i18n.t("{name} is saved", { name: spec.name }), async () => {
        if (one) await put("/api/v1/teams/{team_id}", { path, body: one.spec });
        else await remove("/api/v1/teams/{team_id}", { path });
        refresh("/api/v1/teams");
      });
      close();
    } catch (refusal) {
      setFault(refusal as Problem);
    }
    refresh("/api/v1/teams");
  };
  return (
    <Modal opened onClose={close} title={one ? one.spec.name : i18n.t("New team")}>
      <Stack gap="sm">
        <TextInput
          data-autofocus
          label={i18n.t("Name")}
          value={spec.name}
          onChange={(event) => setSpec({ ...spec, name: event.currentTarget.value })}
        />
        <MultiSelect
          label={i18n.t("Members")}
          searchable
          data={users.map((each) => ({ value: each.id, label: each.spec.name }))}
          value={spec.members}
          onChange={(members) => setSpec({ ...spec, members })}
        />
        <Fault problem={fault} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {i18n.t("Cancel")}
          </Button>
          <Button disabled={!spec.name.trim()} onClick={() => void save()}>
            {i18n.t("Save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
