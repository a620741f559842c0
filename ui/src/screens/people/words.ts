/** What the screens of people say more than once. */
import { i18n } from "../../i18n";

export function reachWord(state: string): string {
  switch (state) {
    case "ok":
      return i18n.t("Works");
    case "never":
      return i18n.t("Not tried yet");
    case "stale":
      return i18n.t("Not tried for 30 days");
    case "failing":
      return i18n.t("Last one failed");
    case "unverified":
      return i18n.t("Not verified");
    default:
      return state;
  }
}

export function afterWords(delay_s: number): string {
  if (delay_s === 0) return i18n.t("at once");
  if (delay_s % 60) return i18n.t("after {n} s", { n: delay_s });
  return i18n.t("after {n} min", { n: delay_s / 60 });
}

export function urgencyWord(urgency: string): string {
  switch (urgency) {
    case "high":
      return i18n.t("High urgency");
    case "low":
      return i18n.t("Low urgency");
    default:
      return i18n.t("Any urgency");
  }
}

/** The time zones this browser knows. */
export function zones(): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return known.includes("UTC") ? known : ["UTC", ...known];
}
