import { useCallback, useEffect, useMemo, useRef, useState } from "react";

/** A row as it is shown; `gone`: the list has it no more. */
export type Steady<T> = { id: string; item: T; gone: boolean };

/**
 * Rows that do not move under the reader: what is shown keeps its place and is renewed in place; what is new waits behind
 * a "3 new" pill; what is gone stays, dimmed, until the list is renewed. While nobody is at the list (`busy` false) it
 * follows at once.
 */
export function useSteady<T>(items: T[], key: (item: T) => string, busy: boolean, filter: string) {
  const keyOf = useRef(key);
  keyOf.current = key;
  const fresh = useMemo(() => new Map(items.map((item) => [keyOf.current(item), item])), [items]);
  const [order, setOrder] = useState<string[]>(() => [...fresh.keys()]);
  const known = useRef(new Map<string, T>());
  const filterOf = useRef(filter);
  for (const [id, item] of fresh) known.current.set(id, item);

  const text = useMemo(() => [...fresh.keys()].join("\n"), [fresh]);
  const { above, below } = useMemo(() => newcomers([...fresh.keys()], order), [fresh, order]);
  const renew = useCallback(() => setOrder(text ? text.split("\n") : []), [text]);
  const isEmpty = order.length === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` stands for the ids; only their change moves rows
  useEffect(() => {
    const filtered = filterOf.current !== filter;
    filterOf.current = filter;
    if (filtered || !busy || isEmpty) renew();
    else if (below.length) setOrder((before) => [...before, ...below]);
  }, [text, busy, filter]);

  const rows = useMemo(
    () =>
      order.flatMap((id): Steady<T>[] => {
        const item = fresh.get(id) ?? known.current.get(id);
        return item === undefined ? [] : [{ id, item, gone: !fresh.has(id) }];
      }),
    [order, fresh],
  );
  return { rows, pending: above.length, renew };
}

/** The ids not shown yet: those that would move shown rows, and those after the last of them, which move nothing. */
function newcomers(ids: string[], order: string[]): { above: string[]; below: string[] } {
  const shown = new Set(order);
  const last = ids.findLastIndex((id) => shown.has(id));
  return {
    above: ids.slice(0, Math.max(0, last)).filter((id) => !shown.has(id)),
    below: ids.slice(last + 1).filter((id) => !shown.has(id)),
  };
}
