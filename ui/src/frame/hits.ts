/** What the search found, for people: its second lines come in the words of the API. */
import { doorWord } from "../screens/intake/spec";
import { severityWord, statusWord } from "../words";

const DOT = " · ";

export function aboutHit({ kind, id, subtitle }: { kind: string; id: string; subtitle: string }): string {
  const said =
    kind === "incident" || kind === "alert"
      ? subtitle.split(DOT).map((word) => severityWord(statusWord(word)))
      : [kind === "source" ? doorWord(subtitle) : subtitle];
  return [id, ...said].filter(Boolean).join(DOT);
}
