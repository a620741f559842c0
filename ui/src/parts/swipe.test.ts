import { describe, expect, it } from "vitest";
import { going, mark } from "./swipe";

describe("a finger on a row", () => {
  it.each([
    [4, 3, null],
    [20, 3, "across"],
    [-20, 3, "across"],
    [20, 19, "along"],
    [2, 30, "along"],
  ])("that moved %i, %i goes %s", (dx, dy, where) => expect(going(dx, dy)).toBe(where));

  it("must go a third of the row, within the thumb's reach", () => {
    expect([150, 300, 1200].map(mark)).toEqual([72, 99, 140]);
  });
});
