/** Words and times of schedules. */
import { i18n } from "../../i18n";
import { clock, dateOf, weekdayOf } from "./geometry";

/** Mon … Sun in the language on stage. */
export function weekdayWord(weekday: number): string {
  return new Intl.DateTimeFormat(i18n.locale, { weekday: "short", timeZone: "UTC" }).format(
    Date.UTC(2026, 0, 5 + weekday),
  );
}

export function monthWord(date: string): string {
  return new Intl.DateTimeFormat(i18n.locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(
    Date.parse(`${date}T00:00Z`),
  );
}

/** `Wed 25 Nov`, in the language on stage. */
export function dayWord(date: string): string {
  return new Intl.DateTimeFormat(i18n.locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  }).format(Date.parse(`${date}T00:00Z`));
}

/** `Wed 09:00`. */
export function moment(at: number, zone: string): string {
  return `${weekdayWord(weekdayOf(dateOf(at, zone)))} ${clock(at, zone)}`;
}

/** `Wed 09:00 – 18:00`, or with both days. */
export function stretch(start: number, end: number, zone: string): string {
  const same = dateOf(start, zone) === dateOf(end - 1, zone);
  return `${moment(start, zone)} – ${same ? clock(end, zone) : moment(end, zone)}`;
}

/** `2 d 4 h`, `9 h`, `30 min`. */
export function length(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return i18n.t("{minutes} min", { minutes });
  const hours = Math.round(minutes / 30) / 2;
  if (hours < 48) return i18n.t("{hours} h", { hours });
  const days = Math.floor(hours / 24);
  const rest = Math.round(hours - days * 24);
  return rest ? i18n.t("{days} d {rest} h", { days, rest }) : i18n.t("{days} d", { days });
}

export { clock as clockOf } from "./geometry";
