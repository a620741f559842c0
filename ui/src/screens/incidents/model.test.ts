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
  const verbs = ["acknowledge", "unacknowledge", "resolve", "reopen", "snooze"] as const;
  const fitting = (one: Row) => verbs.filter((verb) => fits(one, verb));
  expect(fitting(row({}))).toEqual(["acknowledge", "resolve", "snooze"]);
  expect(fitting(row({ status: "acknowledged" }))).toEqual(["unacknowledge", "resolve", "snooze"]);
  expect(fitting(row({ status: "resolved" }))).toEqual(["reopen"]);
  expect(fitting(row({ status: "resolved", merged_into: "INC-2" }))).toEqual([]);
});

test("undo gives an incident back to whoever had it", () => {
  const mine = row({ status: "acknowledged", acknowledged_by: "ann" });
  expect(inverse(mine, { verb: "resolve" }, "ann").map((one) => one.verb)).toEqual(["reopen", "acknowledge"]);
  expect(inverse(mine, { verb: "resolve" }, "mei")).toEqual([
    { verb: "reopen" },
    { verb: "reassign", with: { user: "ann" } },
  ]);
  expect(inverse(row({}), { verb: "snooze" }, "mei")).toEqual([{ verb: "reassign", with: { ladder: "shop" } }]);
  expect(inverse(row({}), { verb: "merge" }, "mei")).toEqual([]);
});

test("a guess shows the act at once", () => {
  const acked = guess(row({}), { verb: "acknowledge" }, { user: "mei", name: "林梅" }, "2026-11-24T00:00:00Z");
  expect(acked).toMatchObject({ status: "acknowledged", acknowledged_by: "mei", assignees: [{ user: "mei" }] });
});
