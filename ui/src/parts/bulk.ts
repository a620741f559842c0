/** Acts on many: what their answers say. */
import type { Schemas } from "../api/client";

export type Few = Schemas["BulkShown"];
/** Few are answered at once, many go on as a job. */
export type Answer = Few | Schemas["JobShown"];

/** Those that are otherwise than before. */
export function changed(answer: Few): string[] {
  return answer.items.filter((one) => one.changed).map((one) => one.id);
}

/** Why some were refused: the first of them. */
export function reasons({ items }: Pick<Few, "items">): string {
  const words = items.filter((one) => !one.ok).map((one) => `${one.id}: ${one.detail}`);
  return words.slice(0, 5).join("\n");
}
