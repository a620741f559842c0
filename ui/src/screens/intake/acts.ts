/** What can be done with a dead letter. */
import { post } from "../../api/client";

/** What changes with it. */
export const TOUCHED = ["/api/v1/dead-letters", "/api/v1/sources", "/api/v1/alerts", "/api/v1/ledger"];

export const replayLetter = (letter_id: string) =>
  post("/api/v1/dead-letters/{letter_id}/replay", { path: { letter_id }, body: undefined });

export const discardLetter = (letter_id: string) =>
  post("/api/v1/dead-letters/{letter_id}/discard", { path: { letter_id }, body: undefined });

/** Each in turn, whatever becomes of the others: how many it went well with, and the first refusal. */
export async function each(ids: string[], run: (id: string) => Promise<unknown>): Promise<[number, unknown]> {
  let well = 0;
  let fault: unknown = null;
  for (const id of ids)
    try {
      await run(id);
      well += 1;
    } catch (one) {
      fault ??= one;
    }
  return [well, fault];
}
