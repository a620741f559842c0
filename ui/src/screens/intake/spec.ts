/** What a source is described by. */
import type { Schemas } from "../../api/client";

export type Spec = Schemas["SourceSpec"];
export type Mapping = Schemas["MappingSpec"];

export const DOORS = [
  "any",
  "alertmanager",
  "alertmanager_webhook",
  "grafana",
  "pagerduty",
  "zabbix",
  "nagios",
  "nrdp",
  "openfalcon",
  "cloudevents",
  "heartbeat",
  "generic",
];

/** A mapping to begin with: the fields many senders have. */
export const MAPPING: Mapping = {
  key: "string(item.id)",
  title: "item.title",
  status: "item.status",
  severity: "item.severity",
  firing: ["firing", "problem", "alerting", "critical", "down", "trigger", "1"],
  resolved: ["resolved", "ok", "up", "normal", "recovery", "cleared", "0"],
  acknowledged: ["acknowledged", "acknowledge"],
  severities: {},
  severity_default: "medium",
  split: "",
  time: "",
  zone: "UTC",
  labels: "",
  url: "",
};

/** A source as it is when nothing is said of it. */
export const PLAIN: Spec = {
  name: "",
  door: "any",
  team: "",
  zone: "UTC",
  labels: {},
  severity_default: "medium",
  resolve_after_s: 300,
  mapping: null,
  every_s: 0,
  grace_s: 60,
};

/** `sev1=critical, sev2=high` as a map. */
export function severitiesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(",")
      .map((pair) => pair.split("=").map((one) => one.trim()))
      .filter(([word, level]) => word && level) as [string, string][],
  );
}

export function severityText(severities: Record<string, string>): string {
  return Object.entries(severities)
    .map(([word, level]) => `${word}=${level}`)
    .join(", ");
}

/** An id out of a name: small letters, digits and hyphens. */
export function idOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return plain || `source-${Date.now().toString(36)}`;
}
