import { describe, expect, it } from "vitest";
import { clock, columns, drawn, HOUR, instant, local, place, pulled, shownDays, snap, turn } from "./geometry";

const BERLIN = "Europe/Berlin";
const at = (text: string) => Date.parse(text);

describe("local time", () => {
  it("goes there and back in every zone", () => {
    for (const zone of [BERLIN, "Asia/Shanghai", "UTC", "America/New_York", "Asia/Kolkata"])
      for (const text of ["2026-01-15T09:00", "2026-07-01T23:45", "2026-11-30T00:00"])
        expect(local(instant(text, zone), zone)).toBe(text);
  });
  it("pushes on a time that is skipped, and takes the first of two", () => {
    expect(new Date(instant("2026-03-29T02:30", BERLIN)).toISOString()).toBe("2026-03-29T01:30:00.000Z");
    expect(new Date(instant("2026-10-25T02:30", BERLIN)).toISOString()).toBe("2026-10-25T00:30:00.000Z");
  });
});

describe("days", () => {
  it("are wider when clocks go back, narrower when they go forward", () => {
    const hours = (date: string) => columns(date, 1, BERLIN).map((day) => (day.end - day.start) / HOUR)[0];
    expect(hours("2026-10-25")).toBe(25);
    expect(hours("2026-03-29")).toBe(23);
    expect(hours("2026-11-25")).toBe(24);
    const week = shownDays("week", "2026-10-25", BERLIN);
    const window = { start: week[0]?.start ?? 0, end: week[6]?.end ?? 0 };
    const widths = week.map((day) => place(day, window)?.width ?? 0);
    expect((widths[6] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(25 / 24, 6);
    expect(widths.reduce((sum, one) => sum + one, 0)).toBeCloseTo(100, 6);
  });
  it("begin on Monday, or with the month", () => {
    expect(shownDays("week", "2026-11-25", "UTC").map((day) => day.date)[0]).toBe("2026-11-23");
    expect(shownDays("2weeks", "2026-11-25", "UTC")).toHaveLength(14);
    expect(shownDays("month", "2026-02-10", "UTC")).toHaveLength(28);
    expect(turn("month", "2026-12-10", 1)).toBe("2027-01-01");
    expect(turn("month", "2026-01-10", -1)).toBe("2025-12-01");
  });
});

describe("drags", () => {
  it("snap to the quarter of the local hour", () => {
    expect(clock(snap(at("2026-11-25T08:08:00Z"), "Asia/Kolkata", 15), "Asia/Kolkata")).toBe("13:45");
    expect(snap(at("2026-10-25T01:07:00Z"), BERLIN, 15)).toBe(at("2026-10-25T01:00:00Z"));
  });
  it("draw the same either way, at least one step long", () => {
    const one = drawn(at("2026-11-25T09:02Z"), at("2026-11-25T17:58Z"), "UTC", 30);
    expect(one).toEqual(drawn(at("2026-11-25T17:58Z"), at("2026-11-25T09:02Z"), "UTC", 30));
    expect(one).toEqual({ start: at("2026-11-25T09:00Z"), end: at("2026-11-25T18:00Z") });
    const dot = drawn(at("2026-11-25T09:00Z"), at("2026-11-25T09:01Z"), "UTC", 30);
    expect(dot.end - dot.start).toBe(30 * 60_000);
  });
  it("move a bar whole and never turn it inside out", () => {
    const bar = { start: at("2026-11-25T09:00Z"), end: at("2026-11-25T17:00Z") };
    expect(pulled(bar, "move", 2 * HOUR, "UTC", 30).end).toBe(at("2026-11-25T19:00Z"));
    expect(pulled(bar, "start", 20 * HOUR, "UTC", 30).start).toBe(at("2026-11-25T16:30Z"));
    expect(pulled(bar, "end", -20 * HOUR, "UTC", 30).end).toBe(at("2026-11-25T09:30Z"));
  });
  it("cling to hand-overs that are near", () => {
    const magnets = { at: [at("2026-11-25T08:00Z"), at("2026-11-26T08:00Z")], reach: HOUR };
    const day = drawn(at("2026-11-25T08:40Z"), at("2026-11-26T07:10Z"), "UTC", 15, magnets);
    expect(day).toEqual({ start: magnets.at[0], end: magnets.at[1] });
    expect(drawn(at("2026-11-25T10:04Z"), at("2026-11-25T12:00Z"), "UTC", 15, magnets).start).toBe(
      at("2026-11-25T10:00Z"),
    );
  });
});
