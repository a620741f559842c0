/** Making schedules. */
import { get, put, type Schemas } from "../../api/client";
import { refresh } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { idFor } from "../../parts/ids";
import type { Made } from "./RotationWizard";
import type { Layer } from "./templates";

type Spec = Schemas["ScheduleSpec"];

async function taken(): Promise<string[]> {
  return (await get("/api/v1/schedules", { query: { limit: 500 } })).items.map((one) => one.id);
}

async function make(name: string, spec: Spec): Promise<string> {
  const id = idFor(name, await taken(), "schedule");
  await put("/api/v1/schedules/{schedule_id}", { path: { schedule_id: id }, body: spec });
  refresh("/api/v1/schedules", "/api/v1/oncall");
  return id;
}

/** The second schedule of primary and backup. */
export async function makeBackup(id: string, spec: Spec, layers: Layer[]): Promise<boolean> {
  try {
    const name = i18n.t("{name} backup", { name: spec.name });
    await make(`${id} backup`, { ...spec, name, layers });
    done(i18n.t("{name} is created", { name }));
    return true;
  } catch (fault) {
    refused(fault);
    return false;
  }
}

/** A schedule from the wizard; its id, or nothing when it was refused. */
export async function makeSchedule(made: Made): Promise<string | null> {
  try {
    const spec = { name: made.name, zone: made.zone, team: "", layers: made.layers };
    const id = await make(made.name, spec);
    if (made.backup) await makeBackup(id, spec, made.backup);
    done(i18n.t("{name} is created", { name: made.name }));
    return id;
  } catch (fault) {
    refused(fault);
    return null;
  }
}
