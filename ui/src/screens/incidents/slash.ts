/** Completion of what is typed in a room: commands after `/`, people after `@`, the usual values of a command. */
import { i18n } from "../../i18n";

export type Choice = { value: string; label: string; hint: string };
export type Completion = { from: number; to: number; choices: Choice[] };
export type Names = { users: Named[]; teams: Named[]; ladders: Named[] };
export type Named = { id: string; name: string };

export function commands(): Choice[] {
  const all: [string, string, string][] = [
    ["/ack", "/ack", i18n.t("take it on")],
    ["/unack", "/unack", i18n.t("give it back")],
    ["/resolve", "/resolve", i18n.t("end it")],
    ["/reopen", "/reopen", i18n.t("open it again")],
    ["/page ", "/page @…", i18n.t("call a person or a team to help")],
    ["/sev ", "/sev 1…5", i18n.t("change the priority")],
    ["/snooze ", "/snooze 30m", i18n.t("let it sleep")],
    ["/unsnooze", "/unsnooze", i18n.t("wake it before its time")],
    ["/reassign ", "/reassign @…", i18n.t("give it to a person or a ladder")],
    ["/status ", "/status …", i18n.t("say how it stands, for everybody")],
    ["/note ", "/note …", i18n.t("write down what must not be lost")],
    ["/escalate", "/escalate", i18n.t("call the next rung now")],
    ["/undo", "/undo", i18n.t("take back what you did last, a moment ago")],
    ["/help", "/help", i18n.t("list what there is")],
  ];
  return all.map(([value, label, hint]) => ({ value, label, hint }));
}

const VALUES: Record<string, string[]> = {
  sev: ["1", "2", "3", "4", "5"],
  snooze: ["15m", "30m", "1h", "4h", "12h"],
};
const CHOICES_MAX = 8;

/** What may stand at the caret, or null. */
export function complete(text: string, caret: number, names: Names): Completion | null {
  const before = text.slice(0, caret);
  if (/^\/\w*$/.test(before)) {
    const choices = commands().filter((one) => one.value.startsWith(before.toLowerCase()));
    return some({ from: 0, to: caret, choices: choices.filter((one) => one.value.trim() !== text.trim()) });
  }
  const word = /^\/(\w+) (\S*)$/.exec(before);
  if (word && VALUES[word[1] ?? ""]) {
    const typed = word[2] ?? "";
    const choices = (VALUES[word[1] ?? ""] ?? [])
      .filter((one) => one.startsWith(typed) && one !== typed)
      .map((one) => ({ value: one, label: one, hint: "" }));
    return some({ from: caret - typed.length, to: caret, choices });
  }
  const at = /(^|[^\p{L}\p{N}])@([^\s@]*)$/u.exec(before);
  if (!at) return null;
  const typed = (at[2] ?? "").toLowerCase();
  const command = /^\/(\w+)/.exec(before)?.[1];
  const also: [Named[], string][] =
    command === "page"
      ? [[names.teams, i18n.t("team")]]
      : command === "reassign"
        ? [[names.ladders, i18n.t("ladder")]]
        : [];
  const choices = [[names.users, ""] as [Named[], string], ...also].flatMap(([list, kind]) =>
    list
      .filter((one) => one.id.toLowerCase().startsWith(typed) || one.name.toLowerCase().includes(typed))
      .map((one) => ({
        value: `@${one.id} `,
        label: one.name,
        hint: [`@${one.id}`, kind].filter(Boolean).join(" · "),
      })),
  );
  if (choices.length === 1 && choices[0]?.value.trim() === `@${at[2]}`) return null;
  return some({ from: caret - typed.length - 1, to: caret, choices });
}

function some(found: Completion): Completion | null {
  return found.choices.length ? { ...found, choices: found.choices.slice(0, CHOICES_MAX * 2) } : null;
}

/** The text after a choice, and where the caret then stands. */
export function choose(text: string, { from, to }: Completion, choice: Choice): [string, number] {
  return [text.slice(0, from) + choice.value + text.slice(to), from + choice.value.length];
}
