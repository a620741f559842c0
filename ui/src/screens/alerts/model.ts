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

/** Where a silence for these alerts is written. */
export function silenceFor(alerts: Alert[]): string {
  return `/silences/new?${new URLSearchParams({
    alert: alerts
      .map((one) => one.id)
      .slice(0, 50)
      .join(","),
  })}`;
}

const DULL = new Set(["alertname", "severity", "service"]);

/** The labels worth a place in the row: not those the row says anyway. */
export function tellingLabels(alert: Alert): [string, string][] {
  return Object.entries(alert.labels).filter(([name, value]) => !DULL.has(name) && !alert.title.includes(value));
}
