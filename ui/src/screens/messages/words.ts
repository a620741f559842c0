/** What the log of messages says. */
import type { Schemas } from "../../api/client";
import { i18n } from "../../i18n";

export function kindWord(kind: string): string {
  switch (kind) {
    case "page":
      return i18n.t("Page");
    case "digest":
      return i18n.t("Digest");
    case "test":
      return i18n.t("Test");
    case "help":
      return i18n.t("Call for help");
    default:
      return kind;
  }
}

/** Why this way: `rule:2`, `default:high`, `mailbox`, `fallback`, `admins`, `retry`, `test`. */
export function ruleWords(rule: string): string {
  const [kind, detail] = rule.split(":", 2);
  switch (kind) {
    case "rule":
      return i18n.t("Their rule {n}", { n: detail ?? "" });
    case "default":
      return i18n.t("The default; they have no rules");
    case "mailbox":
      return i18n.t("Every page leaves a copy in the mailbox");
    case "fallback":
      return i18n.t("No rule spoke, so every contact point");
    case "admins":
      return i18n.t("Administrators, because nobody else could be told");
    case "retry":
      return i18n.t("Somebody asked to send it again");
    case "test":
      return i18n.t("A test");
    default:
      return rule;
  }
}

export function titleOf(message: Schemas["MessageShown"]): string {
  return message.title || kindWord(message.kind);
}
