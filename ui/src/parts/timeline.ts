/** How entries of a timeline are put together for reading. */
import type { Schemas } from "../api/client";

type Entry = Schemas["timeline_Entry"];
export type Told = { key: string; at: string; entry: Entry } | { key: string; at: string; many: Entry[] };

/** From this many alert entries in a row on they are one line. */
const FLOOD = 4;

/** How many alerts entries are about. */
export function alertCount(entries: Entry[]): number {
  return entries.reduce((count, entry) => count + (entry.alert_count || 1), 0);
}

/** Entries in order; a run of entries of the same type about alerts becomes one, and so does one about several. */
export function fold(entries: Entry[]): Told[] {
  const told: Told[] = [];
  let index = 0;
  while (index < entries.length) {
    const entry = entries[index] as Entry;
    let end = index + 1;
    while (entry.kind === "alert" && entries[end]?.kind === "alert" && entries[end]?.type === entry.type) end++;
    const run = entries.slice(index, end);
    if (alertCount(run) >= FLOOD || alertCount(run) > run.length)
      told.push({ key: `many-${entry.seq}`, at: entry.at, many: run });
    else for (const one of run) told.push({ key: String(one.seq), at: one.at, entry: one });
    index = end;
  }
  return told;
}

export type Piece = { kind: "text" | "link" | "mention" | "incident" | "alert"; text: string };

const MARKS =
  /(https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?。，；：！？])|(@[\p{L}\p{N}_][\p{L}\p{N}_.-]*)|((?:INC|ALT)-[1-9]\d*)/gu;

/** What was said, cut into text, links, mentions, and ids of incidents and alerts. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let last = 0;
  for (const match of text.matchAll(MARKS)) {
    const before = text[match.index - 1];
    const end = match.index + match[0].length;
    if (match[2] && before && /[\p{L}\p{N}]/u.test(before)) continue;
    if (match[3] && (/[\w-]/.test(before ?? "") || /^-?\w/.test(text.slice(end)))) continue;
    if (match.index > last) found.push({ kind: "text", text: text.slice(last, match.index) });
    found.push({ kind: kindOf(match), text: match[0] });
    last = end;
  }
  if (last < text.length) found.push({ kind: "text", text: text.slice(last) });
  return found;
}

function kindOf([text, link, mention]: RegExpMatchArray): Piece["kind"] {
  if (link) return "link";
  if (mention) return "mention";
  return text.startsWith("INC-") ? "incident" : "alert";
}

/** "Rung 1, round 1:" with nobody behind it says so. */
export function withNobody(text: string, nobody: string): string {
  return text.replace(/\s*([:：])\s*$/, (_, colon) => (colon === ":" ? `: ${nobody}` : `：${nobody}`));
}
