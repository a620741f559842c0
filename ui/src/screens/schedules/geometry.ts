/**
 * Where an instant lies on a schedule's picture. Law: the axis is real time, so a day of 25 hours is wider than one of 24;
 * every local hour is worked out with the zone's own offsets (Intl), never with the browser's.
 */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type Span = { start: number; end: number };
export type DayColumn = Span & { date: string; weekday: number };
export type Range = "week" | "2weeks" | "month";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, found);
  }
  return found;
}

/** The wall clock at an instant, written as if it were UTC. */
function wall(at: number, zone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format(zone).formatToParts(at)) part[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}

/** Local time minus UTC, in ms. */
export function offset(at: number, zone: string): number {
  return wall(at, zone) - at;
}

/** The instant at which clocks in the zone show this (`2026-03-29T02:30`); one that is skipped is pushed on, one that comes twice is the first. */
export function instant(local: string, zone: string): number {
  const as = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}:00Z`);
  const tries = [as - offset(as - DAY, zone), as - offset(as + DAY, zone)];
  const exact = tries.filter((one) => wall(one, zone) === as);
  return exact.length ? Math.min(...exact) : Math.max(...tries);
}

/** `2026-11-25T09:00` as the clocks of the zone show it. */
export function local(at: number, zone: string): string {
  return new Date(wall(at, zone)).toISOString().slice(0, 16);
}

export function dateOf(at: number, zone: string): string {
  return local(at, zone).slice(0, 10);
}

export function clock(at: number, zone: string): string {
  return local(at, zone).slice(11);
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** 0 Monday … 6 Sunday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7;
}

export function columns(from: string, count: number, zone: string): DayColumn[] {
  return Array.from({ length: count }, (_, index) => {
    const date = addDays(from, index);
    return {
      date,
      weekday: weekdayOf(date),
      start: instant(date, zone),
      end: instant(addDays(date, 1), zone),
    };
  });
}

/** The days that a range shows around a date: whole weeks from Monday, or its month. */
export function shownDays(range: Range, date: string, zone: string): DayColumn[] {
  if (range === "month") {
    const first = `${date.slice(0, 7)}-01`;
    const next = `${addDays(first, 31).slice(0, 7)}-01`;
    return columns(first, (Date.parse(next) - Date.parse(first)) / DAY, zone);
  }
  return columns(addDays(date, -weekdayOf(date)), range === "week" ? 7 : 14, zone);
}

/** The first day of the next (or earlier) range. */
export function turn(range: Range, date: string, by: 1 | -1): string {
  if (range !== "month") return addDays(date, by * (range === "week" ? 7 : 14));
  const first = `${date.slice(0, 7)}-01`;
  return by > 0 ? `${addDays(first, 31).slice(0, 7)}-01` : `${addDays(first, -1).slice(0, 7)}-01`;
}

/** The nearest local time that is a whole number of steps after midnight. */
export function snap(at: number, zone: string, stepMinutes: number): number {
  const shift = offset(at, zone);
  const step = stepMinutes * MINUTE;
  return Math.round((at + shift) / step) * step - shift;
}

/** Left edge and width of a stretch within a window, in percent; null when it lies outside. */
export function place(one: Span, window: Span): { left: number; width: number } | null {
  const start = Math.max(one.start, window.start);
  const end = Math.min(one.end, window.end);
  if (end <= start) return null;
  const whole = window.end - window.start;
  return { left: ((start - window.start) / whole) * 100, width: ((end - start) / whole) * 100 };
}

/** What a dragged edge clings to: hand-overs and midnights, when nearer than `reach` ms. */
export type Magnets = { at: number[]; reach: number };

/** An edge where a hand puts it: on a magnet when one is near, else on the nearest step. */
export function edge(at: number, zone: string, stepMinutes: number, magnets?: Magnets): number {
  let best: number | null = null;
  for (const one of magnets?.at ?? [])
    if (Math.abs(one - at) <= (magnets?.reach ?? 0) && (best === null || Math.abs(one - at) < Math.abs(best - at)))
      best = one;
  return best ?? snap(at, zone, stepMinutes);
}

/** A bar after a pull of `by` ms: moved, or one of its edges; never shorter than a step. */
export function pulled(
  bar: Span,
  part: "move" | "start" | "end",
  by: number,
  zone: string,
  stepMinutes: number,
  magnets?: Magnets,
): Span {
  const least = stepMinutes * MINUTE;
  if (part === "move") {
    const start = edge(bar.start + by, zone, stepMinutes, magnets);
    return { start, end: start + (bar.end - bar.start) };
  }
  if (part === "start")
    return { ...bar, start: Math.min(edge(bar.start + by, zone, stepMinutes, magnets), bar.end - least) };
  return { ...bar, end: Math.max(edge(bar.end + by, zone, stepMinutes, magnets), bar.start + least) };
}

/** What a drag from one instant to another draws, whichever way it went. */
export function drawn(from: number, to: number, zone: string, stepMinutes: number, magnets?: Magnets): Span {
  const start = edge(Math.min(from, to), zone, stepMinutes, magnets);
  const end = edge(Math.max(from, to), zone, stepMinutes, magnets);
  return { start, end: Math.max(end, start + stepMinutes * MINUTE) };
}
