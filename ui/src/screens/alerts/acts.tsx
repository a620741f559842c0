/** What the feed can do with alerts: with some of them, or with all that match its filters. */
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { send } from "../../api/client";
import { refresh, useChange } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { type Answer, changed, reasons } from "../../parts/bulk";
import type { Choice } from "../../parts/choice";
import { outcome, takeBack, underway } from "../../parts/JobToast";
import type { Params } from "../../parts/url";
import { type Alert, SILENCED_MAX, silenceFor, silenceForAll, whereOf } from "./model";

type What = { ids: string[] } | { where: ReturnType<typeof whereOf>; seen_at?: string };

const TOUCHED = ["/api/v1/alerts", "/api/v1/incidents"];

function told(answer: Answer, n: number): void {
  if ("state" in answer)
    underway(answer, i18n.t("Resolving {n, plural, one {# alert} other {# alerts}}", { n }), () => refresh(...TOUCHED));
  else if (answer.failed) refused(outcome({ ...answer, total: answer.items.length, error: reasons(answer) }));
  else {
    const ids = changed(answer);
    const words = i18n.t("{n, plural, one {# alert resolved} other {# alerts resolved}}", { n: answer.done });
    done(words, ids.length ? () => takeBack("/api/v1/alerts/bulk", "reopen", ids) : undefined);
  }
}

/** Some alerts, or all that match. */
export type Which = Alert[] | "all";
export type FeedActs = {
  resolve: (which: Which) => void;
  silence: (which: Which) => void;
  isBusy: boolean;
  /** Asks before all that match are resolved. */
  dialog: ReactNode;
};

/** `total` alerts matched the filters of `params` at `at`; what fires afterwards is left alone. */
export function useFeedActs(
  choice: Choice<Alert>,
  params: Params,
  { total, at }: { total: number; at?: string },
): FeedActs {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const change = useChange(
    async (what: What) =>
      (await send<Answer>("POST", "/api/v1/alerts/bulk", { body: { ...what, act: "resolve" } })).data,
    ...TOUCHED,
  );
  const run = (what: What, n: number) =>
    change.mutate(what, {
      onSuccess: (answer) => {
        told(answer, n);
        choice.clear();
      },
      onError: refused,
    });
  const resolve = (which: Which) => {
    if (which === "all") setAsking(true);
    else run({ ids: which.map((one) => one.id) }, which.length);
  };
  const silence = (which: Which) => {
    if (which === "all") void navigate({ to: silenceForAll(params) as never });
    else if (which.length <= SILENCED_MAX) void navigate({ to: silenceFor(which) as never });
    else refused(i18n.t("A silence is made for at most {n} alerts chosen one by one.", { n: SILENCED_MAX }));
  };
  const dialog = (
    <Sure
      opened={isAsking}
      title={i18n.t("Resolve {n, plural, one {the alert} other {all # alerts}} that match?", { n: total })}
      verb={i18n.t("Resolve")}
      onNo={() => setAsking(false)}
      onYes={() => {
        setAsking(false);
        run({ where: whereOf(params), seen_at: at }, total);
      }}
    >
      {i18n.t(
        "What fires from now on is left alone; what its sender says again opens anew. It can be undone for a moment.",
      )}
    </Sure>
  );
  return { resolve, silence, isBusy: change.isPending, dialog };
}
