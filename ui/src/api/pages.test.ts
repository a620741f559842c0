import { expect, test, vi } from "vitest";
import { hasOld, type Known, type Listed, pageAt, pagesOf, rowsOf } from "./pages";

type Row = { id: number };

/** A server: rows by falling number, a cursor is the number after which it goes on. */
const server = (numbers: number[]) =>
  vi.fn(async (cursor: string, limit: number): Promise<Listed<Row>> => {
    const rest = numbers.filter((one) => !cursor || one < Number(cursor));
    const items = rest.slice(0, limit).map((id) => ({ id }));
    return { items, next_cursor: rest.length > limit ? String(items.at(-1)?.id) : "" };
  });

/** Read again as the query client does: page by page, each by the cursor of the one before. */
async function again(known: Known<Row> | undefined, read: ReturnType<typeof server>, inSight: number[], count: number) {
  const pages: Listed<Row>[] = [];
  const pageParams: string[] = [];
  let cursor: string | null | undefined = "";
  while (pages.length < count && (cursor || pages.length === 0)) {
    const page: Listed<Row> = await pageAt(cursor ?? "", known, (one) => inSight.includes(one), 3, read);
    pages.push(page);
    pageParams.push(cursor ?? "");
    cursor = page.next_cursor;
  }
  return { pages, pageParams };
}

const ids = (known: Known<Row>) => rowsOf(known.pages).map((one) => one.id);
const TEN = [100, 90, 80, 70, 60, 50, 40, 30, 20, 10];

test("pages out of sight are not read, and no row is missing when some came", async () => {
  const known = await again(undefined, server(TEN), [], 4);
  const read = server([120, 110, ...TEN]);
  const now = await again(known, read, [0], 4);
  expect(ids(now)).toEqual([120, 110, ...TEN]);
  expect(read.mock.calls.length).toBe(2);
});

test("no row is missing when some left", async () => {
  const known = await again(undefined, server(TEN), [], 4);
  const left = TEN.filter((one) => one !== 90);
  const read = server(left);
  expect(ids(await again(known, read, [0, 1], 4))).toEqual(left);
  expect(read.mock.calls.every(([cursor]) => cursor !== "10")).toBe(true);
});

test("where the end of a page moved away, everything behind is read anew", async () => {
  const known = await again(undefined, server(TEN), [], 4);
  const moved = [130, ...TEN.filter((one) => one !== 80)];
  expect(ids(await again(known, server(moved), [0], 4))).toEqual(moved);
});

test("a row in two pages stands where it was read last", () => {
  const pages = [
    { items: [{ id: 7 }, { id: 9 }], readAt: 2 },
    { items: [{ id: 8 }, { id: 7 }], readAt: 1 },
  ];
  expect(rowsOf(pages).map((one) => one.id)).toEqual([7, 9, 8]);
  expect(hasOld(pages, pagesOf(pages, 0, 0))).toBe(true);
  expect(hasOld([...pages.slice(0, 1), { items: [], readAt: 3 }], [0, 1])).toBe(false);
});
