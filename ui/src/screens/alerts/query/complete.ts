/** What may come next in the query bar: names of labels and fields, then their values. */
import { FIELDS } from "./text";

export type Known = { name: string; count: number; values: { value: string; count: number }[] };
/** `text` is the whole text afterwards; `shown` the part that is new. */
export type Completion = { text: string; shown: string; count?: number };

const MOST = 12;
const SEVERITIES = ["critical", "high", "medium", "low", "info"];

/** The completions for what stands at the end of the text. */
export function completions(text: string, labels: Known[]): Completion[] {
  const value = /(?:^|[\s,{(&|!])(?:(?:labels\.)?([\w:]+)|alert\.(\w+))\s*(=~|!~|==|!=|=)\s*("?)([^",]*)$/.exec(text);
  if (value) return values(text, value, labels);
  const field = /alert\.(\w*)$/.exec(text);
  if (field) {
    const begun = field[1] ?? "";
    const head = text.slice(0, text.length - begun.length);
    return FIELDS.filter((one) => one.startsWith(begun) && one !== begun)
      .slice(0, MOST)
      .map((one) => ({ text: head + one, shown: `alert.${one}` }));
  }
  const name = /(?:^|[\s,{(&|!])(labels\.)?([\w:]*)$/.exec(text);
  if (!name) return [];
  const begun = name[2] ?? "";
  const head = text.slice(0, text.length - begun.length);
  const isCel = name[1] !== undefined || /&&|\|\||==|\(/.test(text);
  const prefix = isCel && !name[1] ? "labels." : "";
  const found = labels
    .filter((one) => one.name.startsWith(begun))
    .slice(0, MOST)
    .map((one) => ({
      text: `${head}${prefix}${one.name}${isCel ? " == " : "="}"`,
      shown: prefix + one.name,
      count: one.count,
    }));
  return "alert.".startsWith(begun) && !name[1] && (isCel || !text.trim() || begun)
    ? [...found, { text: `${head}alert.`, shown: "alert.…" }]
    : found;
}

function values(text: string, found: RegExpExecArray, labels: Known[]): Completion[] {
  const [, label, field, , quote, begun = ""] = found;
  const head = text.slice(0, text.length - begun.length - (quote ? 1 : 0));
  const known =
    field === "severity"
      ? SEVERITIES.map((value) => ({ value, count: undefined }))
      : field === "status"
        ? ["firing", "resolved"].map((value) => ({ value, count: undefined }))
        : (labels.find((one) => one.name === label)?.values ?? []);
  return known
    .filter((one) => one.value.toLowerCase().includes(begun.toLowerCase()))
    .slice(0, MOST)
    .map((one) => ({ text: `${head}${JSON.stringify(one.value)}`, shown: one.value, count: one.count }));
}
