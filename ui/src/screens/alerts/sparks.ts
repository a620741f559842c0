/**
 * How often alerts were said of late, for the rows on screen. Law: what scrolls by is not asked for; what is asked for is
 * asked together, once the rows stand still or somebody has waited long enough.
 */
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { get, type Schemas } from "../../api/client";

export type Shown = Schemas["SparkShown"];

const STILL_MS = 120;
const PATIENCE_MS = 600;
/** The server answers for so many at once. */
const TOGETHER = 100;
const KEPT_MAX = 2_000;

/** What is known, the oldest first; `stamp` is when the alert was last said. */
const known = new Map<string, { stamp: string; spark: Shown | null }>();
const wanted = new Map<string, string>();
const watchers = new Map<string, Set<() => void>>();
let timer: ReturnType<typeof setTimeout> | undefined;
let since = 0;

/** The spark of a row while it is on screen, null until it is read. */
export function useSpark(id: string, stamp: string): Shown | null {
  useEffect(() => want(id, stamp), [id, stamp]);
  const watch = useCallback(
    (watcher: () => void) => {
      const some = watchers.get(id) ?? new Set();
      watchers.set(id, some.add(watcher));
      return () => {
        if (some.delete(watcher) && some.size === 0) watchers.delete(id);
      };
    },
    [id],
  );
  return useSyncExternalStore(watch, () => known.get(id)?.spark ?? null);
}

function want(id: string, stamp: string): (() => void) | undefined {
  if (known.get(id)?.stamp === stamp) return undefined;
  const now = performance.now();
  if (wanted.size === 0) since = now;
  wanted.set(id, stamp);
  clearTimeout(timer);
  timer = setTimeout(() => void read(), Math.max(0, Math.min(STILL_MS, since + PATIENCE_MS - now)));
  return () => void wanted.delete(id);
}

async function read(): Promise<void> {
  const batch = [...wanted];
  wanted.clear();
  for (let from = 0; from < batch.length; from += TOGETHER) {
    const some = batch.slice(from, from + TOGETHER);
    const ids = some.map(([id]) => id).join(",");
    const found = await get("/api/v1/alerts/sparks", { query: { ids } }).catch(() => null);
    for (const [id, stamp] of some) {
      known.delete(id);
      known.set(id, { stamp, spark: found?.sparks[id] ?? null });
      for (const watcher of watchers.get(id) ?? []) watcher();
    }
  }
  for (const id of known.keys()) if (known.size > KEPT_MAX) known.delete(id);
}
