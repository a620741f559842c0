import { expect, it } from "vitest";
import { begins, freshRoute, keyOf, labelsOf, nodeAt, shifted, targetOf, ticks, withNode } from "./ladder";

it("adds up the waits", () => {
  const step = (delay_s: number) => ({ targets: [], delay_s });
  expect(begins([step(300), step(600), step(60)])).toEqual([0, 300, 900]);
});

it("names targets there and back", () => {
  for (const one of [
    { kind: "team", id: "a:b" },
    { kind: "person", id: "ann" },
  ])
    expect(targetOf(keyOf(one))).toEqual(one);
});

it("edits the tree without touching the rest", () => {
  const root = { ...freshRoute("root"), routes: [freshRoute("a"), { ...freshRoute("b"), routes: [freshRoute("c")] }] };
  const renamed = withNode(root, [1, 0], freshRoute("d"));
  expect(nodeAt(renamed, [1, 0])?.name).toBe("d");
  expect(nodeAt(root, [1, 0])?.name).toBe("c");
  expect(withNode(root, [0], null).routes.map((one) => one.name)).toEqual(["b"]);
  expect(shifted(root, [1], -1).routes.map((one) => one.name)).toEqual(["b", "a"]);
  expect(shifted(root, [0], -1)).toBe(root);
});

it("reads labels as people write them", () => {
  expect(labelsOf('service="check out" severity=critical, env: prod')).toEqual({
    service: "check out",
    severity: "critical",
    env: "prod",
  });
});

it("counts the axis in human steps", () => {
  expect(ticks(15 * 60_000)).toEqual([0, 2, 4, 6, 8, 10, 12, 14].map((one) => one * 60_000));
});
