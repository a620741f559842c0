/**
 * Values in Chinese sentences stand as an editor sets them: a space between Chinese and Latin, none inside Chinese,
 * whichever the value turns out to be. Law: only the seam between the sentence and a value is touched, never a value.
 */
const SEAMS: [RegExp, string][] = [
  [/(\p{Script=Han})\uE000(?=[A-Za-z0-9])/gu, "$1 "],
  [/(\p{Script=Han}) \uE000(?=\p{Script=Han})/gu, "$1"],
  [/([A-Za-z0-9])\uE001(?=\p{Script=Han})/gu, "$1 "],
  [/(\p{Script=Han})\uE001 (?=\p{Script=Han})/gu, "$1"],
  [/[\uE000\uE001]/g, ""],
];

/** The sentence that `say` makes of the values, with its seams set right. */
export function setWell(say: (values: Record<string, unknown>) => string, values: Record<string, unknown>): string {
  const marked = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "string" ? `\uE000${value}\uE001` : value,
  ]);
  return SEAMS.reduce((text, [seam, mended]) => text.replace(seam, mended), say(Object.fromEntries(marked)));
}
