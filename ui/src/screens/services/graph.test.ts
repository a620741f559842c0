import { expect, it } from "vitest";
import { around, placed, type Service } from "./graph";

const service = (id: string, ...depends_on: string[]): Service => ({
  id,
  spec: { name: id, team: "", description: "", impact: "medium", depends_on, runbook: "", calendar: "" },
});

it("puts what is needed to the right of what needs it", () => {
  const at = Object.fromEntries(
    placed([service("web", "api", "db"), service("api", "db"), service("db")]).map((one) => [one.id, one.column]),
  );
  expect(at).toEqual({ web: 0, api: 1, db: 2 });
});

it("ends in a circle", () => {
  expect(placed([service("a", "b"), service("b", "a")])).toHaveLength(2);
  expect(around([service("a", "b"), service("b", "a"), service("c")], "a").map((one) => one.id)).toEqual(["a", "b"]);
});
