/** The same act on every incident that matches the list's filters; what opens meanwhile is left alone. */
import { type ReactNode, useState } from "react";
import { type Query, send } from "../../api/client";
import { refresh, useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { type Answer, changed } from "../../parts/bulk";
import type { Choice } from "../../parts/choice";
import { outcome, takeBack, underway } from "../../parts/JobToast";
import { type Deed, type Row, UNDOABLE } from "./model";
import { verbWord } from "./words";

const LIST = "/api/v1/incidents";

/** The list's query as the filter of an act: without its order, and of what is empty only the status means something. */
export function whereOf({ sort, status, ...query }: Query): Query {
  return { ...Object.fromEntries(Object.entries(query).filter(([, value]) => value)), status };
}

export type ActAll = {
  /** How many match; 0 while nobody wants to know. */
  total: number;
  act: (deed: Deed) => void;
  /** The same, but asks first. */
  ask: (deed: Deed) => void;
  dialog: ReactNode;
};

export function useActAll(choice: Choice<Row>, query: Query, hasMore: boolean): ActAll {
  const where = whereOf(query);
  const [asking, setAsking] = useState<Deed | null>(null);
  const { data } = useGet(`${LIST}/count`, { query: where, when: hasMore && choice.rows.size > 0 });
  const total = hasMore ? (data?.total ?? 0) : choice.rows.size;
  const change = useChange(
    async (deed: Deed) =>
      (
        await send<Answer>("POST", `${LIST}/bulk`, {
          body: { act: deed.verb, ...deed.with, where, seen_at: data?.at },
        })
      ).data,
    LIST,
  );
  const act = (deed: Deed) =>
    change.mutate(deed, {
      onSuccess: (answer) => {
        choice.clear();
        if ("state" in answer) underway(answer, `${verbWord(deed.verb)} · ${answer.total}`, () => refresh(LIST));
        else {
          const ids = changed(answer);
          const back =
            ids.length && UNDOABLE.includes(deed.verb) ? () => takeBack(`${LIST}/bulk`, "undo", ids) : undefined;
          done(outcome({ ...answer, total: answer.items.length, error: "" }), back);
        }
      },
      onError: refused,
    });
  const dialog = (
    <Sure
      opened={asking !== null}
      title={i18n.t("{verb}: all {n} that match?", { verb: asking ? verbWord(asking.verb) : "", n: total })}
      verb={asking ? verbWord(asking.verb) : ""}
      onNo={() => setAsking(null)}
      onYes={() => {
        if (asking) act(asking);
        setAsking(null);
      }}
    >
      {i18n.t("Those for which it makes no sense are left alone, and so is what opens from now on.")}
    </Sure>
  );
  return { total, act, ask: setAsking, dialog };
}
