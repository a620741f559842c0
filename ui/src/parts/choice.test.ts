import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { spanned, toggled, useChoice } from "./choice";

const rows = ["a", "b", "c", "d"].map((id) => ({ id, item: id.toUpperCase() }));

describe("what is chosen in a list", () => {
  it("takes a row in and lets it go", () => {
    const one = toggled(new Map(), { id: "a", item: "A" });
    expect([...one]).toEqual([["a", "A"]]);
    expect(toggled(one, { id: "a", item: "A" }).size).toBe(0);
  });

  it("spans from either end", () => {
    expect([...spanned(new Map([["d", "D"]]), rows, 2, 1).keys()]).toEqual(["d", "b", "c"]);
    expect([...spanned(new Map(), rows, -1, 0).keys()]).toEqual(["a"]);
  });

  it("is all that match until a row is chosen or let go", () => {
    const { result } = renderHook(() => useChoice<string>());
    act(() => result.current.choose(spanned(new Map(), rows, 0, 3)));
    act(() => result.current.chooseAll());
    expect([result.current.isAll, result.current.rows.size]).toEqual([true, 4]);
    act(() => result.current.choose(toggled(result.current.rows, { id: "b", item: "B" })));
    expect([result.current.isAll, result.current.rows.size]).toEqual([false, 3]);
    act(() => result.current.chooseAll());
    act(() => result.current.clear());
    expect([result.current.isAll, result.current.rows.size]).toEqual([false, 0]);
  });
});
