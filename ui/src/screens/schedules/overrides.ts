/** Making, moving and taking back overrides: seen at once, rolled back when refused, undoable for ten seconds. */
import { post, put, remove, type Schemas } from "../../api/client";
import { queries, refresh } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import type { Lanes, Override } from "./Board";
import type { Span } from "./geometry";
import { stretch } from "./words";

const ONE = "/api/v1/schedules/{schedule_id}/overrides/{override_id}" as const;
const ALL = "/api/v1/schedules/{schedule_id}/overrides" as const;
const LANES = "/api/v1/schedules/{schedule_id}/lanes";
export type NewOverride = Schemas["NewOverride"];

const iso = (at: number) => new Date(at).toISOString();
const body = (one: Override): NewOverride => ({
  user: one.user,
  start_at: one.start_at,
  end_at: one.end_at,
  instead_of: one.instead_of,
  reason: one.reason,
});

function again(): void {
  refresh("/api/v1/schedules", "/api/v1/oncall", "/api/v1/me");
}

/** Draw the change before the server has answered; what is drawn is replaced by what it says. */
function foresee(schedule: string, change: (all: Override[]) => Override[]): void {
  queries.setQueriesData<Lanes>(
    {
      predicate: ({ queryKey: [path, place] }) =>
        path === LANES && (place as { schedule_id?: string }).schedule_id === schedule,
    },
    (lanes) => lanes && { ...lanes, overrides: change(lanes.overrides) },
  );
}

export function deeds(schedule: string, zone: string, say: (words: string) => void) {
  const at = (override_id: string) => ({ schedule_id: schedule, override_id });
  const run = async (act: () => Promise<unknown>) => {
    try {
      await act();
      return true;
    } catch (fault) {
      refused(fault);
      return false;
    } finally {
      again();
    }
  };
  const tell = (words: string, back?: () => Promise<unknown>) => {
    say(words);
    done(
      words,
      back &&
        (async () => {
          try {
            await back();
          } finally {
            again();
          }
        }),
    );
  };
  return {
    async add(one: NewOverride, name: string): Promise<boolean> {
      return run(async () => {
        const made = await post(ALL, { path: { schedule_id: schedule }, body: one });
        const when = stretch(Date.parse(one.start_at), Date.parse(one.end_at), zone);
        tell(i18n.t("{name} is on call {when}", { name, when }), () => remove(ONE, { path: at(made.id) }));
      });
    },
    async move(one: Override, span: Span): Promise<boolean> {
      const next = { ...one, start_at: iso(span.start), end_at: iso(span.end) };
      foresee(schedule, (all) => all.map((each) => (each.id === one.id ? next : each)));
      return run(async () => {
        await put(ONE, { path: at(one.id), body: body(next) });
        tell(
          i18n.t("{name} is now on call {when}", { name: one.name, when: stretch(span.start, span.end, zone) }),
          () => put(ONE, { path: at(one.id), body: body(one) }),
        );
      });
    },
    async change(one: Override, next: NewOverride, name: string): Promise<boolean> {
      return run(async () => {
        await put(ONE, { path: at(one.id), body: next });
        const when = stretch(Date.parse(next.start_at), Date.parse(next.end_at), zone);
        tell(i18n.t("{name} is now on call {when}", { name, when }), () =>
          put(ONE, { path: at(one.id), body: body(one) }),
        );
      });
    },
    async takeBack(one: Override): Promise<boolean> {
      foresee(schedule, (all) => all.filter((each) => each.id !== one.id));
      return run(async () => {
        await remove(ONE, { path: at(one.id) });
        tell(i18n.t("The override of {name} is removed", { name: one.name }), () =>
          post(ALL, { path: { schedule_id: schedule }, body: body(one) }),
        );
      });
    },
  };
}
