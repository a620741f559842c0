import { expect, it } from "vitest";
import { common, inMinutes, parsed } from "./model";

it("keeps the labels all alerts share", () => {
  expect(
    common([
      { a: "1", b: "2" },
      { a: "1", b: "3" },
    ]),
  ).toEqual({ a: "1" });
  expect(common([])).toEqual({});
});
it("reads matchers by line or comma", () => {
  expect(parsed('a="1"\nb=~"x|y", c!=z')).toEqual(['a="1"', 'b=~"x|y"', 'c!="z"']);
  expect(parsed("not a matcher")).toBeNull();
  expect(parsed(" ")).toEqual([]);
});
it("counts minutes", () => expect(inMinutes(60, 0)).toBe("1970-01-01T01:00:00.000Z"));
