import { describe, expect, it } from "vitest";
import { at, clock, complete, gaps, minutes, spans, suggested, ways } from "./rules";

const MAIL = { id: "m", channel: "email" };
const PUSH = { id: "p", channel: "webpush" };

describe("notification rules", () => {
  it("read clocks both ways", () => {
    expect(minutes("22:30")).toBe(1350);
    expect(clock(1350)).toBe("22:30");
    expect(clock(minutes("24:00"))).toBe("24:00");
  });

  it("cross midnight when the end lies before the start", () => {
    expect(spans("22:00", "08:00")).toEqual([
      [0, 480],
      [1320, 1440],
    ]);
    expect(spans("00:00", "24:00")).toEqual([[0, 1440]]);
    expect(spans("08:00", "08:00")).toEqual([
      [0, 480],
      [480, 1440],
    ]);
  });

  it("by default tell what is urgent by every contact, the rest by e-mail by day", () => {
    expect(ways([], [MAIL, PUSH], "high").map((one) => one.contact)).toEqual(["m", "p"]);
    expect(at([], [MAIL, PUSH], "low", 180)).toEqual({
      told: [{ contact: "m", delay_s: 0 }],
      isFallback: false,
      waitsForDay: true,
    });
    expect(at([], [PUSH], "low", 600).isFallback).toBe(true);
  });

  it("order what they do by delay, and fall back where they say nothing", () => {
    const rules = [
      complete({ contact: "m", urgency: "high", delay_s: 300 }),
      complete({ contact: "p", urgency: "any", start: "22:00", end: "08:00" }),
    ];
    expect(at(rules, [MAIL, PUSH], "high", 30).told.map((one) => one.contact)).toEqual(["p", "m"]);
    expect(at(rules, [MAIL, PUSH], "low", 600)).toEqual({
      told: [
        { contact: "m", delay_s: 0 },
        { contact: "p", delay_s: 0 },
      ],
      isFallback: true,
      waitsForDay: false,
    });
    expect(gaps(ways(rules, [MAIL, PUSH], "low"), [MAIL, PUSH])).toEqual([[480, 1320]]);
    expect(gaps(ways(rules, [MAIL], "low"), [MAIL])).toEqual([[0, 1440]]);
  });

  it("suggest e-mail after five minutes when there is a quicker way", () => {
    expect(suggested([MAIL, PUSH]).map((one) => [one.contact, one.delay_s])).toEqual([
      ["p", 0],
      ["m", 300],
      ["m", 0],
    ]);
    expect(suggested([MAIL])[0]?.delay_s).toBe(0);
  });
});
