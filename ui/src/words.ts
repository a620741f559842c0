/** Words that many screens say: levels, statuses, what delivery came to. Functions, because the language may change. */
import { i18n } from "./i18n";

export type Severity = "critical" | "high" | "medium" | "low" | "info" | "ok";
export const SEVERITIES: Severity[] = ["critical", "high", "medium", "low", "info"];

export function severityWord(severity: string): string {
  switch (severity) {
    case "critical":
      return i18n.t("Critical");
    case "high":
      return i18n.t("High");
    case "medium":
      return i18n.t("Warning");
    case "low":
      return i18n.t("Low");
    case "info":
      return i18n.t("Info");
    case "ok":
      return i18n.t("Recovered");
    default:
      return severity;
  }
}

export function statusWord(status: string): string {
  switch (status) {
    case "triggered":
      return i18n.t("Triggered");
    case "acknowledged":
      return i18n.t("Acknowledged");
    case "resolved":
      return i18n.t("Resolved");
    case "firing":
      return i18n.t("Firing");
    case "waiting":
      return i18n.t("Waiting");
    case "snoozed":
      return i18n.t("Snoozed");
    case "muted":
      return i18n.t("Muted");
    case "merged":
      return i18n.t("Merged");
    case "suppressed":
      return i18n.t("Suppressed");
    case "active":
      return i18n.t("Active");
    case "pending":
      return i18n.t("Pending");
    case "expired":
      return i18n.t("Expired");
    default:
      return status;
  }
}

export function roleWord(role: string): string {
  switch (role) {
    case "admin":
      return i18n.t("Administrator");
    case "responder":
      return i18n.t("Responder");
    case "stakeholder":
      return i18n.t("Stakeholder");
    default:
      return role;
  }
}

export function channelWord(channel: string): string {
  switch (channel) {
    case "mailbox":
      return i18n.t("Mailbox");
    case "email":
      return i18n.t("E-mail");
    case "webhook":
      return i18n.t("Webhook");
    case "webpush":
      return i18n.t("This browser");
    case "apprise":
      return i18n.t("Messaging service");
    default:
      return channel;
  }
}

/** Names one after another, set apart as the language does it. */
export function listed(names: readonly string[]): string {
  return names.join(i18n.locale === "zh" ? "、" : ", ");
}

/** A count where there is little room: `10K`, `1万`. */
export const short = (value: number) =>
  value < 10_000
    ? String(value)
    : value.toLocaleString(i18n.locale, { notation: "compact", maximumSignificantDigits: 3 });

/** A count as the language writes it: `10,040`. */
export const number = (value: number) => value.toLocaleString(i18n.locale, { maximumFractionDigits: 1 });
