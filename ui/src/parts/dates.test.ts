import { expect, test } from "vitest";
import { clockOf, dateOf, later, laterClock } from "./dates";

test("a date is understood however it is written", () => {
  for (const typed of ["2026-11-05", "2026/11/5", "20261105", "2026年11月5日", "5.11.2026", " 11-5 ", "11月5日"])
    expect(dateOf(typed, 2026)).toBe("2026-11-05");
});

test("what is no date is none", () => {
  for (const typed of ["", "2026-02-30", "2026-13-01", "tomorrow", "11/25/2026"]) expect(dateOf(typed)).toBeNull();
});

test("a time is understood however it is written", () => {
  for (const typed of ["9", "09", "900", "9:00", "09：00", "9am", "9.00"]) expect(clockOf(typed)).toBe("09:00");
  expect([clockOf("2130"), clockOf("12am"), clockOf("12pm")]).toEqual(["21:30", "00:00", "12:00"]);
  for (const typed of ["", "25", "9:60", "noon", "24"]) expect(clockOf(typed)).toBeNull();
  expect(clockOf("24", true)).toBe("24:00");
});

test("days, months and quarters of an hour are counted", () => {
  expect([later("2026-12-31", 1), later("2027-01-31", 0, 1), later("2027-03-31", 0, -1)]).toEqual([
    "2027-01-01",
    "2027-02-28",
    "2027-02-28",
  ]);
  expect([laterClock("23:50", 15), laterClock("00:00", -15)]).toEqual(["00:05", "23:45"]);
});
