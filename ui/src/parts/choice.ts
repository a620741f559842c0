/** What is chosen in a list: some of its rows, or everything its filter lets through. */
import { useCallback, useMemo, useState } from "react";

export type Choice<T> = {
  /** The rows chosen one by one, by their ids. */
  rows: ReadonlyMap<string, T>;
  /** Not these rows, but all that match the filter, read or not. */
  isAll: boolean;
  choose: (rows: ReadonlyMap<string, T>) => void;
  chooseAll: () => void;
  clear: () => void;
};

/** `const choice = useChoice<Row>()`, for `List` and `BulkBar`. */
export function useChoice<T>(): Choice<T> {
  const [{ rows, isAll }, set] = useState<{ rows: ReadonlyMap<string, T>; isAll: boolean }>(nothing);
  const choose = useCallback((rows: ReadonlyMap<string, T>) => set({ rows, isAll: false }), []);
  const chooseAll = useCallback(() => set(({ rows }) => ({ rows, isAll: true })), []);
  const clear = useCallback(() => set((before) => (before.rows.size ? nothing() : before)), []);
  return useMemo(() => ({ rows, isAll, choose, chooseAll, clear }), [rows, isAll, choose, chooseAll, clear]);
}

const nothing = <T>() => ({ rows: new Map<string, T>(), isAll: false });

type Named<T> = { id: string; item: T };

/** The choice with one row more or less. */
export function toggled<T>(chosen: ReadonlyMap<string, T>, { id, item }: Named<T>): Map<string, T> {
  const after = new Map(chosen);
  if (!after.delete(id)) after.set(id, item);
  return after;
}

/** The choice with the rows between two others, both included. */
export function spanned<T>(
  chosen: ReadonlyMap<string, T>,
  rows: readonly Named<T>[],
  from: number,
  to: number,
): Map<string, T> {
  const span = rows.slice(Math.max(0, Math.min(from, to)), Math.max(from, to) + 1);
  return new Map([...chosen, ...span.map(({ id, item }) => [id, item] as const)]);
}
