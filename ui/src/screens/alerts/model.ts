/** What the alert feed asks of the server, from its URL. */
import type { Query, Schemas } from "../../api/client";
import type { Params } from "../../parts/url";
import { asked } from "./query/text";

export type Alert = Schemas["AlertShown"];

/** The filters of the URL as the API takes them. `status` not given is what burns; `all` is everything. */
export function queryOf(params: Params): Query {
  const { filter, q } = asked(params.q ?? "");
  return {
    status: params.status === "all" ? "firing,resolved" : params.status || "firing",
    severity: params.severity,
    source: params.source,
    service: params.service,
    incident: params.incident,
    suppressed: params.suppressed,
    filter,
    q,
  };
}

/** The parts of a comma list. */
export function listed(text: string | undefined): string[] {
  return (text ?? "").split(",").filter(Boolean);
}

/** A comma list with one value more or less. */
export function toggled(text: string | undefined, value: string): string {
  const before = listed(text);
  return (before.includes(value) ? before.filter((one) => one !== value) : [...before, value]).join(",");
}

/** Alerts whose ids a URL carries safely; for more, silence what a filter matches. */
export const SILENCED_MAX = 500;

/** Where a silence for these alerts is written. */
export function silenceFor(alerts: Pick<Alert, "id">[]): string {
  return `/silences/new?${new URLSearchParams({ alert: alerts.map((one) => one.id).join(",") })}`;
}

/** Where a silence for everything that the feed shows is written. */
export function silenceForAll(params: Params): string {
  const { labels, sort, ...filters } = params;
  return `/silences/new?${new URLSearchParams({ ...filters, of: "all" })}`;
}

/** The filters of the URL as an act on everything that matches takes them. */
export function whereOf(params: Params): Partial<Schemas["AlertsWhere"]> {
  const { suppressed, ...rest } = queryOf(params);
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value));
  return { ...said, ...(suppressed ? { suppressed: suppressed === "true" } : {}) };
}

const DULL = new Set(["alertname", "severity", "service"]);

/** The labels worth a place in the row: not those the row says anyway. */
export function tellingLabels(alert: Alert): [string, string][] {
  return Object.entries(alert.labels).filter(([name, value]) => !DULL.has(name) && !alert.title.includes(value));
}
