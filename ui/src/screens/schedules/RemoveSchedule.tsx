import { Button } from "@mantine/core";
import { useState } from "react";
import { get, put, remove } from "../../api/client";
import { refresh } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";

/** Removing a schedule: asked for by name, and still undoable. */
export function RemoveSchedule({ id, name, gone }: { id: string; name: string; gone: () => void }) {
  const [asking, setAsking] = useState(false);
  const path = { schedule_id: id };
  const yes = async () => {
    setAsking(false);
    try {
      const { spec } = await get("/api/v1/schedules/{schedule_id}", { path });
      await remove("/api/v1/schedules/{schedule_id}", { path });
      gone();
      done(i18n.t("{name} is removed", { name }), async () => {
        await put("/api/v1/schedules/{schedule_id}", { path, body: spec });
        refresh("/api/v1/schedules", "/api/v1/oncall");
      });
    } catch (fault) {
      refused(fault);
    }
    refresh("/api/v1/schedules", "/api/v1/oncall");
  };
  return (
    <>
      <Button mt="sm" variant="subtle" color="gray" size="compact-xs" onClick={() => setAsking(true)}>
        {i18n.t("Remove the schedule…")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Remove {name}?", { name })}
        verb={i18n.t("Remove")}
        onYes={() => void yes()}
        onNo={() => setAsking(false)}
      >
        {i18n.t("Its layers go, and its overrides for good. A schedule that a ladder uses cannot be removed.")}
      </Sure>
    </>
  );
}
