import { expect, test } from "vitest";
import { fits, guess, inverse, type Row } from "./model";

const row = (more: Partial<Row>): Row =>
  ({
    id: "INC-1",
    status: "triggered",
    state: "triggered",
    ladder: "shop",
    user: "",
    acknowledged_by: "",
    priority: "P2",
    merged_into: "",
    ...more,
  }) as Row;

test("what fits an incident as it stands", () => {
  const verbs = ["acknowledge", "unacknowledge", "resolve", "reopen", "snooze", "unsnooze"] as const;
  const fitting = (one: Row) => verbs.filter((verb) => fits(one, verb));
  expect(fitting(row({}))).toEqual(["acknowledge", "resolve", "snooze"]);
  expect(fitting(row({ status: "acknowledged" }))).toEqual(["unacknowledge", "resolve", "snooze"]);
  expect(fitting(row({ status: "acknowledged", state: "snoozed" }))).toContain("unsnooze");
  expect(fitting(row({ status: "resolved" }))).toEqual(["reopen"]);
  expect(fitting(row({ status: "resolved", merged_into: "INC-2" }))).toEqual([]);
  const lapsing = row({ status: "acknowledged", acknowledged_by: "ann", acknowledged_until: "2026-11-24T09:00:00Z" });
  expect(fits(lapsing, "acknowledge", "ann")).toBe(true);
  expect(fits(lapsing, "acknowledge", "ben")).toBe(false);
});

test("the house undoes what it knows how stood; nothing else pages anybody", () => {
  const mine = row({ status: "acknowledged", acknowledged_by: "ann" });
  for (const verb of ["acknowledge", "unacknowledge", "resolve", "snooze", "reassign"] as const)
    expect(inverse(mine, { verb })).toEqual({ verb: "undo" });
  expect(inverse(row({}), { verb: "reopen" })).toEqual({ verb: "resolve" });
  const until = "2026-11-24T09:00:00Z";
  expect(inverse(row({ snoozed_until: until }), { verb: "unsnooze" })).toEqual({ verb: "snooze", with: { until } });
  expect(inverse(row({}), { verb: "merge" })).toBeNull();
});

test("a guess shows the act at once", () => {
  const acked = guess(row({}), { verb: "acknowledge" }, { user: "mei", name: "林梅" }, "2026-11-24T00:00:00Z");
  expect(acked).toMatchObject({ status: "acknowledged", acknowledged_by: "mei", assignees: [{ user: "mei" }] });
});
