import { expect, it } from "vitest";
import { inMinutes, meantOf, parsed } from "./model";

it("is meant for alerts by id, for all that filters match, or for none", () => {
  expect(meantOf({ alert: "ALT-1,ALT-2" })).toEqual({ ids: ["ALT-1", "ALT-2"] });
  expect(meantOf({ of: "all", severity: "critical" })).toEqual({ where: { status: "firing", severity: "critical" } });
  expect(meantOf({ matchers: 'a="1"' })).toBeNull();
});
it("reads matchers by line or comma", () => {
  expect(parsed('a="1"\nb=~"x|y", c!=z')).toEqual(['a="1"', 'b=~"x|y"', 'c!="z"']);
  expect(parsed("not a matcher")).toBeNull();
  expect(parsed(" ")).toEqual([]);
});
it("counts minutes", () => expect(inMinutes(60, 0)).toBe("1970-01-01T01:00:00.000Z"));
