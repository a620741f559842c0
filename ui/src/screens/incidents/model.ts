/** What can be done with incidents, what undoes it, and what a row looks like while the server has not answered yet. */
import type { Schemas } from "../../api/client";

export type Row = Schemas["IncidentRow"];
export type Shown = Schemas["IncidentShown"];
export type Verb = Schemas["IncidentsAct"]["act"];
export type With = { until?: string; ladder?: string; user?: string; priority?: string; into?: string };
export type Deed = { verb: Verb; with?: With };
type Person = { user: string; name: string };

/** Whether a verb makes sense for an incident as it stands. */
export function fits(row: Row, verb: Verb, me = ""): boolean {
  const open = row.status !== "resolved";
  switch (verb) {
    case "acknowledge":
      return row.status === "triggered" || isMineForNow(row, me);
    case "unacknowledge":
      return row.status === "acknowledged";
    case "reopen":
      return !open && !row.merged_into;
    case "unsnooze":
      return row.state === "snoozed";
    default:
      return open;
  }
}

/** Whether I have it until my acknowledgement lapses: to acknowledge again keeps it. */
export function isMineForNow(row: Row, me: string): boolean {
  return row.status === "acknowledged" && Boolean(row.acknowledged_until) && row.acknowledged_by === me;
}

/** What the house can restore without calling anybody again. */
export const UNDOABLE: Verb[] = ["acknowledge", "unacknowledge", "resolve", "snooze", "reassign"];

/**
 * What undoes it, null where nothing does. The house knows how it stood before one's last act, and restores that without
 * calling anybody again.
 */
export function inverse(row: Row, { verb }: Deed): Deed | null {
  if (UNDOABLE.includes(verb)) return { verb: "undo" };
  switch (verb) {
    case "reopen":
      return { verb: "resolve" };
    case "unsnooze":
      return row.snoozed_until ? { verb: "snooze", with: { until: row.snoozed_until } } : null;
    case "priority":
      return { verb: "priority", with: { priority: row.priority } };
    default:
      return null;
  }
}

/** How the row will look if the server agrees. */
export function guess<R extends Row>(row: R, { verb, with: more = {} }: Deed, me: Person, at: string): R {
  switch (verb) {
    case "acknowledge":
      return {
        ...row,
        status: "acknowledged",
        state: "acknowledged",
        acknowledged_at: at,
        acknowledged_by: me.user,
        acknowledged_by_name: me.name,
        assignees: [me],
        snoozed_until: null,
        ...("next_rung_at" in row ? { next_rung_at: null } : {}),
      };
    case "unacknowledge":
      return { ...row, status: "triggered", state: "triggered" };
    case "resolve":
      return {
        ...row,
        status: "resolved",
        state: "resolved",
        resolved_at: at,
        resolved_by: me.user,
        resolved_by_name: me.name,
        assignees: [],
        ...("next_rung_at" in row ? { next_rung_at: null } : {}),
      };
    case "reopen":
      return { ...row, status: "triggered", state: "triggered", resolved_at: null };
    case "snooze":
      return { ...row, state: "snoozed", snoozed_until: more.until ?? null };
    case "unsnooze":
      return { ...row, state: row.status, snoozed_until: null };
    case "merge":
      return { ...row, status: "resolved", state: "merged", merged_into: more.into ?? "" };
    case "priority":
      return { ...row, priority: more.priority ?? row.priority };
    default:
      return row;
  }
}

/** The body of a single act's request. */
export function bodyOf({ verb, with: more = {} }: Deed): Record<string, string> | undefined {
  switch (verb) {
    case "snooze":
      return { until: more.until ?? "" };
    case "reassign":
      return more.user ? { user: more.user } : { ladder: more.ladder ?? "" };
    case "priority":
      return { priority: more.priority ?? "" };
    case "merge":
      return { into: more.into ?? "" };
    default:
      return undefined;
  }
}
