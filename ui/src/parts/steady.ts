import { useCallback, useEffect, useRef, useState } from "react";

/**
 * Rows that do not move under the reader: what is shown keeps its place and is renewed in place; what is new waits behind
 * a "3 new" pill; what is gone stays, dimmed, until the list is renewed. While nobody is at the list (`busy` false) it
 * follows at once.
 */
export function useSteady<T>(items: T[], key: (item: T) => string, busy: boolean, filter: string) {
  const [order, setOrder] = useState<string[]>(() => items.map(key));
  const known = useRef(new Map<string, T>());
  const filterOf = useRef(filter);
  const fresh = new Map(items.map((item) => [key(item), item]));
  for (const [id, item] of fresh) known.current.set(id, item);

  const ids = items.map(key);
  const text = ids.join("\n");
  const shown = new Set(order);
  const newcomers = ids.filter((id) => !shown.has(id));
  // what the next page brought comes after the last shown row: it moves nothing
  const lastShown = ids.reduce((found, id, index) => (shown.has(id) ? index : found), -1);
  const pending = newcomers.filter((id) => ids.indexOf(id) < lastShown).length;

  const renew = useCallback(() => setOrder(text ? text.split("\n") : []), [text]);
  const isEmpty = order.length === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` stands for the ids; only their change moves rows
  useEffect(() => {
    const filtered = filterOf.current !== filter;
    filterOf.current = filter;
    if (filtered || !busy || isEmpty) renew();
    else setOrder((before) => [...before, ...newcomers.filter((one) => ids.indexOf(one) > lastShown)]);
  }, [text, busy, filter]);

  const rows = order.flatMap((id) => {
    const item = fresh.get(id) ?? known.current.get(id);
    return item === undefined ? [] : [{ id, item, gone: !fresh.has(id) }];
  });
  return { rows, pending, renew };
}
