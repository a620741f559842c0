/** Facts of the journal as text. */

/** A named fact: instants, which the journal keeps in milliseconds, as UTC; an alert's number as its id; rungs and
 * rounds as people count, from one. */
export function namedFact(name: string, value: unknown, max?: number): string {
  if (name === "alert" && typeof value === "number") return `ALT-${value}`;
  if ((name === "step" || name === "round") && typeof value === "number") return String(value + 1);
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return factText(value.join(", "), max);
  if (typeof value === "number" && value > 1e12 && /(_at|_until|^at|^until|^up_to)$/.test(name))
    return `${new Date(value).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return factText(value, max);
}

/** A value in a few characters. */
export function factText(value: unknown, max = 60): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > max ? `${text.slice(0, max)}…` : text;
}

/** `1.4 GB`: sizes for people, in powers of 1000. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let left = bytes;
  let unit = 0;
  while (left >= 1000 && unit < units.length - 1) {
    left /= 1000;
    unit += 1;
  }
  return `${unit && left < 10 ? left.toFixed(1) : Math.round(left)} ${units[unit]}`;
}
