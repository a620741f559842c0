import { expect, it } from "vitest";
import { labelsOf, labelsText, placeOf, severitiesOf, severityText } from "./spec";

it("reads severity words and writes them again", () => {
  const text = "sev1=critical, sev2=high";
  expect(severitiesOf(text)).toEqual({ sev1: "critical", sev2: "high" });
  expect(severityText(severitiesOf(text))).toBe(text);
  expect(severitiesOf("junk, =x")).toEqual({});
});
it("reads labels and writes them again", () => {
  expect(labelsOf("site=berlin, query=a=b, junk")).toEqual({ site: "berlin", query: "a=b" });
  expect(labelsText(labelsOf("site=berlin, env=prod"))).toBe("site=berlin, env=prod");
});
it("finds the line and column of a byte", () => {
  expect(placeOf('{"a": x}', 6)).toEqual({ line: 1, column: 7 });
  expect(placeOf('{"城": 1,\n "b": x}', 17)).toEqual({ line: 2, column: 7 });
});
