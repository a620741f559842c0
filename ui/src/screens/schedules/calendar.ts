/** A calendar as its form has it: a week of spans, and single days that are not what their weekday says. */
import type { Schemas } from "../../api/client";
import { i18n } from "../../i18n";
import { dateOf, later } from "../../parts/dates";
import { weekdayWord } from "./words";

export type Spec = Schemas["CalendarSpec"];
export type Open = { start: string; end: string };
/** The open spans of Monday to Sunday. */
export type Week = Open[][];
export type Day = { date: string; works: boolean; name: string };

const RANGE_MAX = 100;
const byStart = (a: Open, b: Open) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0);
const same = (a: Open[] = [], b: Open[] = []) =>
  a.length === b.length && a.every((one, index) => one.start === b[index]?.start && one.end === b[index]?.end);

export function weekOf(hours: Spec["hours"]): Week {
  return Array.from({ length: 7 }, (_, weekday) =>
    (hours ?? [])
      .filter((one) => one.weekdays.includes(weekday))
      .map(({ start, end }) => ({ start, end }))
      .sort(byStart),
  );
}

/** As few rows as say the same: the days with the same span share one. */
export function hoursOf(week: Week): NonNullable<Spec["hours"]> {
  const rows = new Map<string, { weekdays: number[]; start: string; end: string }>();
  week.forEach((spans, weekday) => {
    for (const { start, end } of spans) {
      const row = rows.get(`${start} ${end}`) ?? { weekdays: [], start, end };
      if (!row.weekdays.includes(weekday)) row.weekdays.push(weekday);
      rows.set(`${start} ${end}`, row);
    }
  });
  return [...rows.values()].sort(byStart);
}

/** What is wrong with a span among those of its day; empty for nothing. */
export function flawOf(one: Open, spans: Open[]): string {
  if (!one.start || !one.end) return i18n.t("Both times are needed");
  if (one.start >= one.end) return i18n.t("Ends before it starts: a night is two spans, until 24:00 and from 00:00");
  if (spans.some((other) => other !== one && other.start < one.end && one.start < other.end))
    return i18n.t("Overlaps another");
  return "";
}

export function daysOf(spec: Spec): Day[] {
  const name = (date: string) => spec.names?.[date] ?? "";
  return [
    ...(spec.holidays ?? []).map((date) => ({ date, works: false, name: name(date) })),
    ...(spec.workdays ?? []).map((date) => ({ date, works: true, name: name(date) })),
  ].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** The last word about a date counts. */
export function withDays(days: Day[], more: Day[]): Day[] {
  const all = new Map([...days, ...more].map((one) => [one.date, one]));
  return [...all.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

export function specOfDays(days: Day[]): Pick<Spec, "holidays" | "workdays" | "names"> {
  const dates = (works: boolean) => days.filter((one) => one.works === works).map((one) => one.date);
  const names = days.filter((one) => one.name.trim()).map((one) => [one.date, one.name.trim()]);
  return { holidays: dates(false), workdays: dates(true), names: Object.fromEntries(names) };
}

const DATE = "(\\d{4}[-/.年]?\\d{1,2}[-/.月]?\\d{1,2}日?|\\d{1,2}\\.\\d{1,2}\\.\\d{4})";
const LINE = new RegExp(
  `^${DATE}(?:\\s*(?:–|—|~|～|\\.\\.\\.?|至|到|to|bis|-)\\s*${DATE})?[\\s,;，；:：\\t]*(.*)$`,
  "i",
);

/** The days of pasted lines (`2026-10-01 National Day`, `2026-10-01 – 2026-10-07 国庆节`), and the lines that have none. */
export function pasted(text: string, works: boolean): { days: Day[]; unread: string[] } {
  const days: Day[] = [];
  const unread: string[] = [];
  for (const line of text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean)) {
    const [, from = "", to = "", name = ""] = LINE.exec(line) ?? [];
    const start = dateOf(from);
    const end = to ? dateOf(to) : start;
    if (!start || !end || end < start || end > later(start, RANGE_MAX)) {
      unread.push(line);
      continue;
    }
    for (let date = start; date <= end; date = later(date, 1)) days.push({ date, works, name: name.trim() });
  }
  return { days, unread };
}

/** `Mon–Fri 09:00–18:00`, one line for the days with the same hours. */
export function hoursWords(hours: Spec["hours"]): string[] {
  const week = weekOf(hours);
  if (week.every((spans) => spans.length === 1 && spans[0]?.start === "00:00" && spans[0].end === "24:00"))
    return [i18n.t("around the clock")];
  const lines: string[] = [];
  for (let first = 0; first < 7; ) {
    let last = first;
    while (last < 6 && same(week[first], week[last + 1])) last += 1;
    const spans = week[first] ?? [];
    const days = first === last ? weekdayWord(first) : `${weekdayWord(first)}–${weekdayWord(last)}`;
    if (spans.length) lines.push(`${days} ${spans.map((one) => `${one.start}–${one.end}`).join(", ")}`);
    first = last + 1;
  }
  return lines;
}

/** What a calendar is used for: services by their support hours, schedules by the shading of their days. */
export function usesOf(
  calendar: { id: string; spec: Spec },
  calendars: { id: string; spec: Spec }[],
  services: { id: string; spec: { name: string; calendar?: string } }[],
  schedules: { id: string; spec: { name: string; zone: string } }[],
) {
  const shades = (zone: string) => calendars.find((one) => (one.spec.zone ?? "UTC") === zone)?.id === calendar.id;
  return {
    services: services.filter((one) => one.spec.calendar === calendar.id),
    schedules: schedules.filter((one) => shades(one.spec.zone)),
  };
}
