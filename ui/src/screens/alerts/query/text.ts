/**
 * The text of the query bar and the rows of the builder, each made of the other. The text is Prometheus matchers
 * (`env="prod", team!~"a|b"`), a CEL condition, or plain words to look for in titles. Law: rows are shown only when they
 * say the whole text; `toText(toRows(text))` means what `text` means.
 */
export type Op = "=" | "!=" | "=~" | "!~" | "contains" | "starts";
/** One condition. `field` is a label's name, or `alert.title` and the like. */
export type Row = { field: string; op: Op; value: string };
export type Asked = { filter?: string[]; q?: string };

export const FIELDS = [
  "title",
  "severity",
  "severity_original",
  "status",
  "source",
  "service",
  "incident",
  "key",
  "count",
  "suppressed",
  "suppressed_by",
  "url",
];
const NUMBERS = ["count"];
const MATCHER_OPS: Op[] = ["=", "!=", "=~", "!~"];

const MATCHER =
  /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s{}!=~,\\"'`.()<>&|?:]+))\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"'{}=~,()&|<>]*))\s*$/;
const PLAIN_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const IDENT = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const WORDS = /^[^{}"'=!~<>&|()[\]]+$/u;

/** The parts of a text between the separators that stand outside quotes and brackets; null when those do not close. */
export function split(text: string, separator: string): string[] | null {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? "";
    if (quote) {
      if (sign === "\\") at++;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) {
      if (--depth < 0) return null;
    } else if (depth === 0 && text.startsWith(separator, at)) {
      parts.push(text.slice(from, at));
      at += separator.length - 1;
      from = at + 1;
    }
  }
  return quote || depth ? null : [...parts, text.slice(from)];
}

const unescaped = (text: string) =>
  text.replace(/\\(.)/g, (_, one: string) => (one === "n" ? "\n" : one === "t" ? "\t" : one));
const quoted = (text: string) => JSON.stringify(text);

function matchers(text: string): Row[] | null {
  const bare = text.trim().replace(/^\{([\s\S]*)\}$/, "$1");
  const parts = split(bare, ",");
  if (!parts) return null;
  const rows: Row[] = [];
  for (const part of parts) {
    if (!part.trim()) continue;
    const found = MATCHER.exec(part);
    if (!found) return null;
    const [, odd, name, op, long, short] = found;
    rows.push({
      field: odd === undefined ? (name ?? "") : unescaped(odd),
      op: op as Op,
      value: long === undefined ? (short ?? "") : unescaped(long),
    });
  }
  return rows.length ? rows : null;
}

export function matcherText({ field, op, value }: Row): string {
  return `${PLAIN_NAME.test(field) ? field : quoted(field)}${op}${quoted(value)}`;
}

/** The matchers of a text that is nothing but matchers. */
export function matchersOf(text: string): string[] | null {
  return matchers(text)?.map(matcherText) ?? null;
}

const LABEL = String.raw`labels(?:\.([a-zA-Z_]\w*)|\["((?:[^"\\]|\\.)*)"\])`;
const STRING = String.raw`"((?:[^"\\]|\\.)*)"`;
const TARGET = String.raw`(?:(alert\.[a-z_]+)|${LABEL})`;
const COMPARES = new RegExp(String.raw`^${TARGET}\s*(==|!=)\s*(?:${STRING}|(\d+|true|false))$`);
const CALLS = new RegExp(String.raw`^(!?)${TARGET}\.(contains|startsWith|matches)\(${STRING}\)$`);
const NOT_SO = /^!\(("(?:[^"\\]|\\.)*") in labels && ([\s\S]*)\)$/;

function clause(text: string): Row | null {
  const not = NOT_SO.exec(text);
  if (not) {
    const inner = clause(not[2] ?? "");
    const name = JSON.parse(not[1] ?? '""') as string;
    if (inner?.field !== name) return null;
    return inner.op === "=" ? { ...inner, op: "!=" } : inner.op === "=~" ? { ...inner, op: "!~" } : null;
  }
  const compare = COMPARES.exec(text);
  if (compare) {
    const [, field, plain, odd, op, string, number] = compare;
    const isLabel = field === undefined;
    if (isLabel && (op === "!=" || number !== undefined)) return null;
    return {
      field: field ?? plain ?? unescaped(odd ?? ""),
      op: op === "==" ? "=" : "!=",
      value: string === undefined ? (number ?? "") : unescaped(string),
    };
  }
  const call = CALLS.exec(text);
  if (!call) return null;
  const [, bang, field, plain, odd, verb, string] = call;
  const value = unescaped(string ?? "");
  const where = field ?? plain ?? unescaped(odd ?? "");
  if (verb === "matches") {
    const whole = /^\^\(\?:([\s\S]*)\)\$$/.exec(value);
    if (!whole || (bang && field === undefined)) return null;
    return { field: where, op: bang ? "!~" : "=~", value: whole[1] ?? "" };
  }
  return bang ? null : { field: where, op: verb === "contains" ? "contains" : "starts", value };
}

/** The rows that say the whole text, or null when the builder cannot show it. */
export function toRows(text: string): Row[] | null {
  if (!text.trim()) return [];
  const found = matchers(text);
  if (found) return found;
  if (isWords(text)) return [{ field: "alert.title", op: "contains", value: text.trim() }];
  const parts = split(text, "&&");
  if (!parts || (split(text, "||")?.length ?? 2) > 1) return null;
  const rows = parts.map((part) => clause(part.trim()));
  return rows.every((row) => row !== null) ? (rows as Row[]) : null;
}

function inCel({ field, op, value }: Row): string {
  const isLabel = !field.startsWith("alert.");
  const target = !isLabel ? field : IDENT.test(field) ? `labels.${field}` : `labels[${quoted(field)}]`;
  const bare = NUMBERS.includes(field.slice(6)) || field === "alert.suppressed";
  const literal = bare && /^(\d+|true|false)$/.test(value) ? value : quoted(value);
  const whole = quoted(`^(?:${value})$`);
  switch (op) {
    case "=":
      return `${target} == ${literal}`;
    case "!=":
      return isLabel ? `!(${quoted(field)} in labels && ${target} == ${literal})` : `${target} != ${literal}`;
    case "=~":
      return `${target}.matches(${whole})`;
    case "!~":
      return isLabel ? `!(${quoted(field)} in labels && ${target}.matches(${whole}))` : `!${target}.matches(${whole})`;
    case "contains":
      return `${target}.contains(${quoted(value)})`;
    case "starts":
      return `${target}.startsWith(${quoted(value)})`;
  }
}

/** Rows as text: matchers when they can say it, else CEL. */
export function toText(rows: Row[]): string {
  const whole = rows.filter((row) => row.field);
  const plain = whole.every((row) => !row.field.startsWith("alert.") && MATCHER_OPS.includes(row.op));
  return plain ? whole.map(matcherText).join(", ") : whole.map(inCel).join(" && ");
}

function isWords(text: string): boolean {
  return WORDS.test(text) && !/^\s*(alert|labels)\b/.test(text);
}

/** What to ask of the server for a text. */
export function asked(text: string): Asked {
  const bare = text.trim();
  if (!bare) return {};
  const filter = matchersOf(bare);
  if (filter) return { filter };
  if (isWords(bare)) return { q: `alert.title.matches(${quoted(`(?i)${bare.replace(/[.*+?^$\\]/g, "\\$&")}`)})` };
  return { q: bare };
}

/** The text with one more condition that must hold as well. */
export function narrowed(text: string, row: Row): string {
  const rows = toRows(text);
  if (rows)
    return rows.some((one) => one.field === row.field && one.op === row.op && one.value === row.value)
      ? text
      : toText([...rows, row]);
  return `(${text}) && ${inCel(row)}`;
}
