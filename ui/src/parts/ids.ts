/** The Latin letters and digits of a name as an id: `Prometheus (Berlin)` → `prometheus-berlin`; empty where it has none. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
}

/** An id for a new thing that none of `taken` has; `kind` stands in for a name without Latin letters. */
export function idFor(name: string, taken: string[], kind: string): string {
  const base = slugOf(name) || kind;
  let id = base;
  for (let number = 2; taken.includes(id); number++) id = `${base}-${number}`;
  return id;
}
