import { describe, expect, it } from "vitest";
import { factText, namedFact, sizeText } from "./facts";

describe("facts", () => {
  it("read as words", () => {
    expect(factText({ a: 1 })).toBe('{"a":1}');
    expect(factText("x".repeat(100), 10)).toBe(`${"x".repeat(10)}…`);
  });

  it("say instants as such", () => {
    expect(namedFact("expires_at", 1_795_595_082_991)).toBe("2026-11-25 08:24:42 UTC");
    expect(namedFact("run", 9)).toBe("9");
  });

  it("count and name as people do", () => {
    expect(namedFact("alert", 38)).toBe("ALT-38");
    expect(namedFact("step", 0)).toBe("1");
    expect(namedFact("users", ["ann", "mei"])).toBe("ann, mei");
  });

  it("say sizes", () => {
    expect([0, 999, 1_400, 12_300_000, null].map(sizeText)).toEqual(["0 B", "999 B", "1.4 kB", "12 MB", "–"]);
  });
});
