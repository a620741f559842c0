/** What a silence is made of before it is sent. */
import { post, type Schemas } from "../../api/client";
import { matchersOf } from "../alerts/query/text";

export type Silence = Schemas["SilenceShown"];
type Labels = Record<string, string>;

/** The label pairs all of them share: what a silence for these alerts would match. */
export function common(all: Labels[]): Labels {
  const [first, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) => value && rest.every((one) => one[name] === value)),
  );
}

/** The matchers of a text, one a line or with commas; null when some are not matchers. */
export function parsed(text: string): string[] | null {
  return text.trim()
    ? matchersOf(
        text
          .split(/\n+/)
          .filter((line) => line.trim())
          .join(", "),
      )
    : [];
}

/** Minutes from now as an instant. */
export function inMinutes(minutes: number, from = Date.now()): string {
  return new Date(from + minutes * 60_000).toISOString();
}

/** The same silence once more, for the rest of its time: the undo of its end. */
export function again(silence: Silence): Promise<Silence> {
  const { matchers, start_at, end_at, comment, annotations } = silence;
  const now = new Date().toISOString();
  return post("/api/v1/silences", {
    body: { matchers, start_at: start_at > now ? start_at : now, end_at, comment, annotations },
  });
}
