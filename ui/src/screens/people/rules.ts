/**
 * The geometry of notification rules: which way is taken at which minute of the local day. It says what the server's
 * core/notify/rules.py does.
 */
import type { Schemas } from "../../api/client";

export type Rule = Required<Schemas["Rule"]>;
export type Urgency = "high" | "low";
export type Span = [from: number, to: number];
export type Way = { contact: string; delay_s: number; rule: number; spans: Span[] };
/** A contact point that can be used: its id and channel. */
export type Reachable = { id: string; channel: string };

export const DAY = 24 * 60;
export const DAY_BEGINS = 8 * 60;
export const DAY_ENDS = 22 * 60;

export function minutes(clock: string): number {
  const [hours = "0", rest = "0"] = clock.split(":");
  return Number(hours) * 60 + Number(rest);
}

export function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** The pieces of the day between two clocks; an end at or before the start is tomorrow's. */
export function spans(start: string, end: string): Span[] {
  const [from, to] = [minutes(start), minutes(end)];
  if (from < to) return [[from, to]];
  return (
    [
      [0, to],
      [from, DAY],
    ] as Span[]
  ).filter(([a, b]) => a < b);
}

export function complete(rule: Partial<Rule> & { contact: string }): Rule {
  return { urgency: "any", start: "00:00", end: "24:00", delay_s: 0, ...rule };
}

/** The ways at one urgency, the soonest first. Without rules: the house's default. */
export function ways(rules: Rule[], contacts: Reachable[], urgency: Urgency): Way[] {
  if (rules.length === 0) {
    const day: Span[] = urgency === "high" ? [[0, DAY]] : [[DAY_BEGINS, DAY_ENDS]];
    return contacts
      .filter((one) => urgency === "high" || one.channel === "email")
      .map((one) => ({ contact: one.id, delay_s: 0, rule: 0, spans: day }));
  }
  return rules
    .map((rule, index) => ({ rule, number: index + 1 }))
    .filter(({ rule }) => rule.urgency === "any" || rule.urgency === urgency)
    .map(({ rule, number }) => ({
      contact: rule.contact,
      delay_s: rule.delay_s,
      rule: number,
      spans: spans(rule.start, rule.end),
    }))
    .sort((a, b) => a.delay_s - b.delay_s || a.rule - b.rule);
}

export function covers(all: Span[], minute: number): boolean {
  return all.some(([from, to]) => from <= minute && minute < to);
}

/** The pieces of the day that no way covers; ways by contacts nobody can use do not count. */
export function gaps(found: Way[], contacts: Reachable[]): Span[] {
  const taken = found
    .filter((way) => contacts.some((one) => one.id === way.contact))
    .flatMap((way) => way.spans)
    .sort(([a], [b]) => a - b);
  const open: Span[] = [];
  let at = 0;
  for (const [from, to] of taken) {
    if (from > at) open.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < DAY) open.push([at, DAY]);
  return open;
}

export type Told = { contact: string; delay_s: number };
export type Night = { told: Told[]; isFallback: boolean; waitsForDay: boolean };

/** What happens at a minute of the local day: who is told by which way after how long. */
export function at(rules: Rule[], contacts: Reachable[], urgency: Urgency, minute: number): Night {
  const isNight = minute < DAY_BEGINS || minute >= DAY_ENDS;
  const waits = urgency === "low" && isNight;
  const all = contacts.map((one) => ({ contact: one.id, delay_s: 0 }));
  if (rules.length === 0) {
    const found = all.filter((_, index) => urgency === "high" || contacts[index]?.channel === "email");
    return { told: found.length ? found : all, isFallback: found.length === 0, waitsForDay: waits };
  }
  const seen = new Map<string, Told>();
  for (const way of ways(rules, contacts, urgency))
    if (covers(way.spans, minute) && contacts.some((one) => one.id === way.contact))
      seen.set(`${way.contact} ${way.delay_s}`, { contact: way.contact, delay_s: way.delay_s });
  const told = [...seen.values()];
  if (told.length) return { told, isFallback: false, waitsForDay: false };
  return { told: all, isFallback: true, waitsForDay: waits };
}

/** Rules to begin with: what is urgent by every contact, e-mail five minutes later; the rest by e-mail by day. */
export function suggested(contacts: Reachable[]): Rule[] {
  const mail = contacts.find((one) => one.channel === "email");
  const quick = contacts.filter((one) => one !== mail);
  const high = quick.map((one) => complete({ contact: one.id, urgency: "high" }));
  if (!mail) return high;
  return [
    ...high,
    complete({ contact: mail.id, urgency: "high", delay_s: quick.length ? 300 : 0 }),
    complete({ contact: mail.id, urgency: "low", start: "08:00", end: "22:00" }),
  ];
}
