import { expect, test } from "vitest";
import { daysOf, flawOf, hoursOf, hoursWords, pasted, specOfDays, usesOf, weekOf, withDays } from "./calendar";

const WEEK = [0, 1, 2, 3, 4];
const OFFICE = [
  { weekdays: WEEK, start: "09:00", end: "12:00" },
  { weekdays: WEEK, start: "13:30", end: "18:00" },
  { weekdays: [5], start: "13:30", end: "18:00" },
];

test("a week comes back from its form as it went in, in as few rows as can be", () => {
  const week = weekOf(OFFICE);
  expect(week[0]).toEqual([
    { start: "09:00", end: "12:00" },
    { start: "13:30", end: "18:00" },
  ]);
  expect(hoursOf(week)).toEqual([
    { weekdays: WEEK, start: "09:00", end: "12:00" },
    { weekdays: [...WEEK, 5], start: "13:30", end: "18:00" },
  ]);
  expect(weekOf(hoursOf(week))).toEqual(week);
});

test("hours are said by the days that share them", () => {
  expect(hoursWords(OFFICE)).toEqual(["Mon–Fri 09:00–12:00, 13:30–18:00", "Sat 13:30–18:00"]);
  expect(hoursWords([{ weekdays: [0, 1, 2, 3, 4, 5, 6], start: "00:00", end: "24:00" }])).toEqual(["around the clock"]);
});

test("a span that ends before it starts, or overlaps, is marked", () => {
  const [early, late, odd] = [
    { start: "09:00", end: "12:00" },
    { start: "11:00", end: "18:00" },
    { start: "22:00", end: "06:00" },
  ];
  expect(flawOf(early, [early])).toBe("");
  expect(flawOf(late, [early, late])).toBe("Overlaps another");
  expect(flawOf(odd, [odd])).toContain("a night is two spans");
});

test("dates are pasted with names, ranges and all", () => {
  const { days, unread } = pasted("2026-12-25 Christmas\n2026年10月1日 至 2026年10月3日 国庆节\n\nEaster\n", false);
  expect(days.map((one) => `${one.date} ${one.name}`)).toEqual([
    "2026-12-25 Christmas",
    "2026-10-01 国庆节",
    "2026-10-02 国庆节",
    "2026-10-03 国庆节",
  ]);
  expect(unread).toEqual(["Easter"]);
  expect(pasted("20261001\t国庆节", true).days).toEqual([{ date: "2026-10-01", works: true, name: "国庆节" }]);
});

test("the last word about a date counts, and names go only where they are", () => {
  const days = withDays(
    [{ date: "2026-10-01", works: false, name: "" }],
    pasted("2026-10-01 x\n2026-09-30", true).days,
  );
  const spec = specOfDays(days);
  expect(spec).toEqual({ holidays: [], workdays: ["2026-09-30", "2026-10-01"], names: { "2026-10-01": "x" } });
  expect(daysOf({ name: "C", zone: "UTC", hours: [], ...spec })).toEqual(days);
});

test("a calendar is used by services that name it and by schedules it is the first for", () => {
  const [a, b] = ["a", "b"].map((id) => ({ id, spec: { name: id, zone: "Asia/Shanghai" } })) as never as [never, never];
  const services = [{ id: "s", spec: { name: "Shop", calendar: "b" } }];
  const schedules = [{ id: "p", spec: { name: "Primary", zone: "Asia/Shanghai" } }];
  expect(usesOf(a, [a, b], services, schedules)).toEqual({ services: [], schedules });
  expect(usesOf(b, [a, b], services, schedules)).toEqual({ services, schedules: [] });
});
