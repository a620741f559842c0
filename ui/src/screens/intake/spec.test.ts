import { expect, it } from "vitest";
import { idOf, severitiesOf, severityText } from "./spec";

it("reads severity words and writes them again", () => {
  const text = "sev1=critical, sev2=high";
  expect(severitiesOf(text)).toEqual({ sev1: "critical", sev2: "high" });
  expect(severityText(severitiesOf(text))).toBe(text);
  expect(severitiesOf("junk, =x")).toEqual({});
});
it("makes ids out of names", () => {
  expect(idOf("Prometheus (Berlin)")).toBe("prometheus-berlin");
  expect(idOf("普罗米修斯")).toMatch(/^source-/);
});
