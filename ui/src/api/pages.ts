/**
 * A list of many pages, read again when something happened. Law: only the first page and those in sight are read; the
 * others stay as they are known, and are read when they come into sight. A page that is kept follows exactly where the
 * one before it ends, so no row falls between two pages; where that cannot be had, everything behind is read anew.
 */
export type Listed<T> = { items: T[]; next_cursor?: string | null; complete?: boolean; readAt?: number };
export type Known<T> = { pages: Listed<T>[]; pageParams: string[] };
type Read<T> = (cursor: string, limit: number) => Promise<Listed<T>>;

/** What the API answers at most. */
const LIMIT_MAX = 500;

const keyOf = (item: unknown): unknown => {
  const { id, seq } = item as { id?: unknown; seq?: unknown };
  return id ?? seq;
};

/** The page at a cursor: as it is known where it is out of sight, else read, up to where the next known one begins. */
export async function pageAt<T>(
  cursor: string,
  known: Known<T> | undefined,
  isInSight: (page: number) => boolean,
  limit: number,
  read: Read<T>,
): Promise<Listed<T>> {
  const at = known?.pageParams.indexOf(cursor) ?? -1;
  const old = known?.pages[at];
  if (!old) return read(cursor, limit);
  if (at > 0 && !isInSight(at)) return old;
  const found = await read(cursor, Math.max(limit, Math.min(old.items.length, LIMIT_MAX)));
  const end = old.next_cursor;
  if (!end || !found.next_cursor || found.next_cursor === end) return found;
  const before = new Set(old.items.map(keyOf));
  const last = found.items.findIndex((one) => keyOf(one) === keyOf(old.items.at(-1)));
  const more = found.items.filter((one) => !before.has(keyOf(one))).length;
  if (last < 0 && more === 0) return found;
  // rows left, and some of the next page moved up; or rows came, and some of this page were pushed out
  const whole =
    last >= 0
      ? await read(cursor, last + 1)
      : await read(found.next_cursor, Math.min(more, LIMIT_MAX)).then((rest) => ({
          ...rest,
          items: [...found.items, ...rest.items],
        }));
  return whole.next_cursor === end ? whole : found;
}

/** The rows of all pages. One that moved from a page to another is where it was read last. */
export function rowsOf<T>(pages: Listed<T>[]): T[] {
  if (pages.length < 2) return pages[0]?.items ?? [];
  const home = new Map<unknown, number>();
  pages.forEach(({ items, readAt = 0 }, index) => {
    for (const item of items) {
      const other = home.get(keyOf(item));
      if (other === undefined || (pages[other]?.readAt ?? 0) < readAt) home.set(keyOf(item), index);
    }
  });
  return pages.flatMap(({ items }, index) => items.filter((item) => home.get(keyOf(item)) === index));
}

/** The pages in which the rows from one to another stand, and their neighbours. */
export function pagesOf<T>(pages: Listed<T>[], first: number, last: number): [number, number] {
  let count = 0;
  let [from, to] = [0, pages.length - 1];
  pages.forEach(({ items }, index) => {
    if (count <= first) from = index;
    if (count <= last) to = index;
    count += items.length;
  });
  return [from - 1, to + 1];
}

/** Whether a page in sight was left out when the first was read last. */
export function hasOld<T>(pages: Listed<T>[], [from, to]: [number, number]): boolean {
  const renewed = pages[0]?.readAt ?? 0;
  return pages.some((page, index) => from <= index && index <= to && (page.readAt ?? 0) < renewed);
}
