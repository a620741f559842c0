/** What a source is described by. */
import type { Schemas } from "../../api/client";
import { i18n } from "../../i18n";

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

export const LEVELS = ["critical", "high", "medium", "low", "info"];

/** What a door takes, by the name people know. */
export function doorWord(door: string): string {
  switch (door) {
    case "any":
      return i18n.t("Any of the fixed forms");
    case "alertmanager":
      return i18n.t("Prometheus (as an Alertmanager)");
    case "alertmanager_webhook":
      return i18n.t("Alertmanager's webhook");
    case "grafana":
      return "Grafana";
    case "pagerduty":
      return "PagerDuty Events";
    case "zabbix":
      return "Zabbix";
    case "nagios":
      return "Nagios, Icinga";
    case "nrdp":
      return "NRDP";
    case "openfalcon":
      return "Open-Falcon";
    case "cloudevents":
      return "CloudEvents";
    case "heartbeat":
      return i18n.t("Heartbeat");
    case "generic":
      return i18n.t("Any JSON, by a mapping");
    default:
      return door;
  }
}

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

/** `site=berlin, env=prod` as labels, and back. */
export function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(",")
      .map((pair) => {
        const [name = "", ...value] = pair.split("=");
        return [name.trim(), value.join("=").trim()] as const;
      })
      .filter(([name, value]) => name && value),
  );
}

export function labelsText(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}

/** Where a byte of a text is: line and column, from 1, as an editor counts. */
export function placeOf(body: string, byte: number): { line: number; column: number } {
  const before = new TextDecoder().decode(new TextEncoder().encode(body).slice(0, byte));
  const lines = before.split("\n");
  return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}
