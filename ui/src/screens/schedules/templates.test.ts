import { expect, it } from "vitest";
import { beside, layersOf, monday } from "./templates";

it("turns the backup one person on", () => {
  const { layers, backup } = layersOf("backup", [["a", "b", "c"]], "2026-11-23");
  expect(layers[0]?.users).toEqual(["a", "b", "c"]);
  expect(backup?.[0]?.users).toEqual(["b", "c", "a"]);
});

it("covers the whole day without overlap", () => {
  for (const template of ["day_night", "sun"] as const) {
    const windows = layersOf(template, [["a"], ["b"], ["c"]], "2026-11-23").layers.flatMap((one) => one.restrictions);
    windows.forEach((one, index) => {
      expect(one.end).toBe(windows[(index + 1) % windows.length]?.start);
    });
  }
});

it("names what is new", () => {
  const [one] = layersOf("weekly", [["a"]], "2026-11-23").layers;
  if (one) expect(beside([one], [one]).map((each) => each.name)).toEqual(["weekly", "weekly 2"]);
  expect(monday(Date.parse("2026-11-29T12:00Z"), "UTC")).toBe("2026-11-23");
});
