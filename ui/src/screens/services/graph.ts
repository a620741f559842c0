/** Where services stand in the picture of what depends on what: what others need stands further right. */
import type { Schemas } from "../../api/client";

export type Service = Schemas["ServiceShown"];
export type Placed = { id: string; name: string; column: number; row: number };

/** Columns by the longest way from a service that nobody needs; a circle is cut where it closes. */
export function placed(services: Service[]): Placed[] {
  const known = new Map(services.map((one) => [one.id, one]));
  const depth = new Map<string, number>();
  const walk = (id: string, at: number, seen: Set<string>) => {
    if (seen.has(id) || (depth.get(id) ?? -1) >= at) return;
    depth.set(id, at);
    const beyond = new Set(seen).add(id);
    for (const next of known.get(id)?.spec.depends_on ?? []) if (known.has(next)) walk(next, at + 1, beyond);
  };
  const needed = new Set(services.flatMap((one) => one.spec.depends_on));
  for (const one of services) if (!needed.has(one.id)) walk(one.id, 0, new Set());
  for (const one of services) if (!depth.has(one.id)) walk(one.id, 0, new Set());
  const rows = new Map<number, number>();
  return services.map((one) => {
    const column = depth.get(one.id) ?? 0;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { id: one.id, name: one.spec.name, column, row };
  });
}

/** A service with all it needs and all that need it, however far. */
export function around(services: Service[], id: string): Service[] {
  const known = new Map(services.map((one) => [one.id, one]));
  const found = new Set([id]);
  const down = (one: string) => {
    for (const next of known.get(one)?.spec.depends_on ?? [])
      if (!found.has(next)) {
        found.add(next);
        down(next);
      }
  };
  const up = (one: string) => {
    for (const each of services)
      if (each.spec.depends_on.includes(one) && !found.has(each.id)) {
        found.add(each.id);
        up(each.id);
      }
  };
  down(id);
  up(id);
  return services.filter((one) => found.has(one.id));
}
