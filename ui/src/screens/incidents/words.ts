/** Words of incidents that lists, pages and toasts share. */
import { i18n } from "../../i18n";
import type { Deed, Row, Verb } from "./model";

export function verbWord(verb: Verb): string {
  switch (verb) {
    case "acknowledge":
      return i18n.t("Acknowledge");
    case "unacknowledge":
      return i18n.t("Give back");
    case "resolve":
      return i18n.t("Resolve");
    case "reopen":
      return i18n.t("Reopen");
    case "escalate":
      return i18n.t("Escalate");
    case "snooze":
      return i18n.t("Snooze");
    case "unsnooze":
      return i18n.t("End the snooze");
    case "reassign":
      return i18n.t("Reassign");
    case "merge":
      return i18n.t("Merge");
    case "priority":
      return i18n.t("Priority");
    default:
      return verb;
  }
}

/** What was done, for the toast. */
export function doneWords(rows: Row[], { verb, with: more = {} }: Deed): string {
  const which =
    rows.length === 1
      ? (rows[0]?.id ?? "")
      : i18n.t("{n, plural, one {# incident} other {# incidents}}", { n: rows.length });
  switch (verb) {
    case "acknowledge":
      return i18n.t("{which}: you have it. Nobody else is called.", { which });
    case "unacknowledge":
      return i18n.t("{which}: given back, calling goes on.", { which });
    case "resolve":
      return i18n.t("{which}: resolved.", { which });
    case "reopen":
      return i18n.t("{which}: open again.", { which });
    case "escalate":
      return i18n.t("{which}: the next rung is called now.", { which });
    case "snooze":
      return i18n.t("{which}: asleep until {at}.", {
        which,
        at: new Date(more.until ?? "").toLocaleTimeString(i18n.locale, { hour: "2-digit", minute: "2-digit" }),
      });
    case "unsnooze":
      return i18n.t("{which}: sleeps no more.", { which });
    case "reassign":
      return i18n.t("{which}: given to {target}, who is called now.", {
        which,
        target: more.user || more.ladder || "",
      });
    case "merge":
      return i18n.t("{which}: merged into {into}.", { which, into: more.into ?? "" });
    case "priority":
      return i18n.t("{which}: now {priority}.", { which, priority: more.priority ?? "" });
    default:
      return i18n.t("{which}: done.", { which });
  }
}

/** Why an incident ended. */
export function howWord(how: string): string {
  switch (how) {
    case "alerts_resolved":
      return i18n.t("its alerts ended");
    case "manual":
      return i18n.t("by hand");
    case "merged":
      return i18n.t("merged");
    default:
      return how;
  }
}
