/** Acting on incidents: shown at once, taken back honestly when the server refuses, undone by the toast. */
import { useCallback } from "react";
import { type Schemas, send } from "../../api/client";
import { useMe } from "../../api/me";
import { queries, refresh } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { type Few, reasons } from "../../parts/bulk";
import { underway } from "../../parts/JobToast";
import { bodyOf, type Deed, fits, guess, inverse, type Row } from "./model";
import { doneWords, verbWord } from "./words";

const LIST = "/api/v1/incidents";
const ONE = "/api/v1/incidents/{incident_id}";
type Listed = { items: Row[] };
type Result = Few;

/** Change the rows of every list and page in hand; the answer puts back what was there. */
function paint(ids: ReadonlySet<string>, change: (row: Row) => Row): () => void {
  const about = {
    predicate: ({ queryKey: [path] }: { queryKey: readonly unknown[] }) => path === LIST || path === ONE,
  };
  void queries.cancelQueries(about);
  const before = queries.getQueriesData(about);
  const one = (row: Row) => (ids.has(row.id) ? change(row) : row);
  queries.setQueriesData(about, (data: unknown) => {
    if (!data || typeof data !== "object") return data;
    if ("pages" in data) {
      const pages = (data.pages as Listed[]).map((page) => ({ ...page, items: page.items.map(one) }));
      return { ...data, pages };
    }
    if ("items" in data) return { ...data, items: (data as Listed).items.map(one) };
    return one(data as Row);
  });
  return () => {
    for (const [key, data] of before) queries.setQueryData(key, data);
  };
}

async function ask(ids: string[], deed: Deed): Promise<Result | Schemas["JobShown"]> {
  const only = ids.length === 1 ? ids[0] : undefined;
  if (only) {
    await send("POST", `${LIST}/${encodeURIComponent(only)}/${deed.verb}`, { body: bodyOf(deed) });
    return { done: 1, failed: 0, items: [{ id: only, ok: true, reason: "", detail: "", changed: true }] };
  }
  const body = { ids, act: deed.verb, ...deed.with };
  return (await send<Result | Schemas["JobShown"]>("POST", `${LIST}/bulk`, { body })).data;
}

/** Undo: each row by what undoes it, those alike in one request. Raises the words of what was refused. */
async function takeBack(rows: Row[], deed: Deed): Promise<void> {
  const alike = new Map<string, { back: Deed; ids: string[] }>();
  for (const row of rows) {
    const back = inverse(row, deed);
    if (!back) continue;
    const key = JSON.stringify(back);
    const group = alike.get(key) ?? { back, ids: [] };
    group.ids.push(row.id);
    alike.set(key, group);
  }
  try {
    for (const { back, ids } of alike.values()) {
      const answer = await ask(ids, back);
      if ("items" in answer && answer.failed) throw reasons(answer);
    }
  } finally {
    refresh(LIST);
  }
}

/** What is being asked for now: pressed twice, it is asked for once. */
const going = new Set<string>();

export type Act = (rows: Row[], deed: Deed) => Promise<boolean>;

/** `act(rows, { verb: "acknowledge" })`: true when all went well. Rows the verb does not fit are left alone. */
export function useAct(): Act {
  const me = useMe();
  const { id, spec } = me.user;
  return useCallback(
    async (rows, deed) => {
      const meant = rows.filter((row) => fits(row, deed.verb, id) && row.id !== deed.with?.into);
      if (meant.length === 0) {
        done(i18n.t("Nothing to change: it is so already."));
        return false;
      }
      const ids = meant.map((row) => row.id);
      const wish = JSON.stringify([deed, ids]);
      if (going.has(wish)) return false;
      going.add(wish);
      const at = new Date().toISOString();
      const restore = paint(new Set(ids), (row) => guess(row, deed, { user: id, name: spec.name }, at));
      try {
        const answer = await ask(ids, deed);
        if ("state" in answer) {
          underway(answer, `${verbWord(deed.verb)} · ${meant.length}`, () => refresh(LIST));
          return true;
        }
        const are = new Map(answer.items.map((item) => [item.id, item]));
        const well = meant.filter((row) => are.get(row.id)?.ok);
        const mine = well.filter((row) => are.get(row.id)?.changed && inverse(row, deed) !== null);
        if (well.length) done(doneWords(well, deed), mine.length ? () => takeBack(mine, deed) : undefined);
        if (answer.failed) refused(reasons(answer));
        return answer.failed === 0;
      } catch (fault) {
        restore();
        refused(fault);
        return false;
      } finally {
        going.delete(wish);
        refresh(LIST, "/api/v1/why");
      }
    },
    [id, spec.name],
  );
}
