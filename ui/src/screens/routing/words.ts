import { i18n } from "../../i18n";

/** `at once`, `after 5 min`, `after 1 h 30`. */
export function minutesWord(seconds: number): string {
  if (seconds <= 0) return i18n.t("at once");
  if (seconds < 60) return i18n.t("+{seconds} s", { seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return i18n.t("+{minutes} min", { minutes });
  return i18n.t("+{hours} h {rest}", { hours: Math.floor(minutes / 60), rest: String(minutes % 60).padStart(2, "0") });
}

export function urgencyWord(urgency: string): string {
  if (urgency === "high") return i18n.t("high urgency");
  if (urgency === "low") return i18n.t("low urgency");
  return urgency;
}
