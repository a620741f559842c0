/** Dates and clock times as people type them, and as the API takes them: `2026-11-25`, `09:00`. */
import { i18n } from "../i18n";

const two = (part: string | undefined) => (part ?? "").padStart(2, "0");

/** The date that is meant, or null: `2026-11-25`, `2026/11/25`, `20261125`, `2026年11月25日`, `25.11.2026`, or `11-25` of this year. */
export function dateOf(typed: string, thisYear = new Date().getFullYear()): string | null {
  const text = typed.trim();
  const whole = /^(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?$/.exec(text);
  const european = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  const short = /^(\d{1,2})[-/月](\d{1,2})日?$/.exec(text);
  const [year, month, day] = whole
    ? whole.slice(1)
    : european
      ? european.slice(1).reverse()
      : short
        ? [String(thisYear), short[1], short[2]]
        : [];
  if (!year) return null;
  const date = `${year}-${two(month)}-${two(day)}`;
  const there = new Date(`${date}T00:00Z`);
  return !Number.isNaN(there.getTime()) && there.toISOString().startsWith(date) ? date : null;
}

/** The time that is meant, or null: `9`, `930`, `9:30`, `09：30`, `9pm`; `24:00` only where a day may end. */
export function clockOf(typed: string, mayEnd = false): string | null {
  const found = /^(\d{1,2})(?:[:：.h]?(\d{2}))?\s*(am|pm)?$/i.exec(typed.trim());
  if (!found) return null;
  const half = found[3]?.toLowerCase();
  const hour = (half ? Number(found[1]) % 12 : Number(found[1])) + (half === "pm" ? 12 : 0);
  const minute = Number(found[2] ?? 0);
  if (minute > 59 || hour > 24 || (hour === 24 && (minute > 0 || !mayEnd))) return null;
  return `${two(String(hour))}:${two(String(minute))}`;
}

/** A date some days (and months) later; the 31st becomes the last of a shorter month. */
export function later(date: string, days: number, months = 0): string {
  const there = new Date(`${date}T00:00Z`);
  if (months) {
    const day = there.getUTCDate();
    there.setUTCDate(1);
    there.setUTCMonth(there.getUTCMonth() + months + 1, 0);
    there.setUTCDate(Math.min(day, there.getUTCDate()));
  }
  there.setUTCDate(there.getUTCDate() + days);
  return there.toISOString().slice(0, 10);
}

/** `09:00` and 15 → `09:15`, within its day. */
export function laterClock(clock: string, minutes: number): string {
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  const at = (((hour * 60 + minute + minutes) % 1440) + 1440) % 1440;
  return `${two(String(Math.floor(at / 60)))}:${two(String(at % 60))}`;
}

/** Today on this device's clock. */
export function today(): string {
  const now = new Date();
  return `${now.getFullYear()}-${two(String(now.getMonth() + 1))}-${two(String(now.getDate()))}`;
}

/** `Wed` of a date, in the language on stage. */
export function weekdayOfDate(date: string): string {
  const format = new Intl.DateTimeFormat(i18n.locale, { weekday: "short", timeZone: "UTC" });
  return format.format(Date.parse(`${date}T00:00Z`));
}
