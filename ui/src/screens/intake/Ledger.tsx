import { NativeSelect } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useGet, usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { Export } from "../../parts/Export";
import { List } from "../../parts/List";
import { Ago, Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import css from "./Intake.module.css";

const FATES = ["paged", "merged", "suppressed", "dead_lettered", "pending"] as const;
type Fate = (typeof FATES)[number];

function fateWord(fate: string): string {
  switch (fate) {
    case "paged":
      return i18n.t("Paged");
    case "merged":
      return i18n.t("Merged");
    case "suppressed":
      return i18n.t("Held back");
    case "dead_lettered":
      return i18n.t("Dead letter");
    case "pending":
      return i18n.t("Pending");
    default:
      return fate || i18n.t("Forgotten");
  }
}

function signalWord(signal: string): string {
  switch (signal) {
    case "fired":
      return i18n.t("fired");
    case "repeated":
      return i18n.t("repeated");
    case "changed":
      return i18n.t("changed");
    case "acknowledged":
      return i18n.t("acknowledged");
    case "resolved":
      return i18n.t("resolved");
    case "dropped":
      return i18n.t("changed nothing");
    default:
      return i18n.t("not understood");
  }
}

/** Every signal that came in has exactly one fate, and the counts prove it. */
export function Ledger() {
  const [params, set] = useParamsOfUrl();
  const query = { fate: params.fate, source: params.source };
  const { data: sum, error } = useGet("/api/v1/ledger", { every: 15_000 });
  const pages = usePages("/api/v1/ledger/entries", { query });
  const { data: sources } = useGet("/api/v1/sources", { query: { limit: 200 } });
  return (
    <Page title={i18n.t("Ledger of fates")} wide acts={<Export what="ledger" query={query} />}>
      <Fault problem={error} />
      {!sum ? (
        <Waiting rows={3} />
      ) : (
        <>
          <p className={css.balance} data-off={!sum.balanced || undefined}>
            {sum.balanced ? (
              <IconCheck size={16} aria-hidden="true" />
            ) : (
              <IconAlertTriangle size={16} aria-hidden="true" />
            )}
            {sum.balanced
              ? i18n.t(
                  "{n, plural, one {# signal came in and has its fate} other {# signals came in and each has one fate}}: the books balance.",
                  { n: sum.received },
                )
              : i18n.t("{n, plural, one {# signal} other {# signals}} came in, but the fates do not add up.", {
                  n: sum.received,
                })}
          </p>
          <div className={css.bar} aria-hidden="true">
            {FATES.map((one) => (
              <i key={one} data-fate={one} style={{ flexGrow: sum[one] }} />
            ))}
          </div>
          <div className={css.fates} role="group" aria-label={i18n.t("Fate")}>
            {FATES.map((one: Fate) => (
              <button
                key={one}
                type="button"
                className={css.fate}
                aria-pressed={params.fate === one}
                onClick={() => set({ fate: params.fate === one ? "" : one })}
              >
                <strong>{sum[one].toLocaleString(i18n.locale)}</strong>
                {fateWord(one)}
              </button>
            ))}
          </div>
          {Object.keys(sum.suppressed_by_rule).length > 0 && (
            <p className={css.note}>
              {i18n.t("Held back by:")}{" "}
              {Object.entries(sum.suppressed_by_rule)
                .map(([rule, count]) => `${rule} ${count}`)
                .join(" · ")}
            </p>
          )}
        </>
      )}
      <NativeSelect
        mb="sm"
        maw={260}
        size="xs"
        aria-label={i18n.t("Source")}
        value={params.source ?? ""}
        onChange={(event) => set({ source: event.currentTarget.value })}
        data={[
          { value: "", label: i18n.t("Every source") },
          ...(sources?.items ?? []).map((one) => ({ value: one.id, label: one.spec.name })),
        ]}
      />
      <Fault problem={pages.error} retry={() => void pages.refetch()} />
      <List
        label={i18n.t("Signals and their fates")}
        items={pages.items}
        id={(one) => `${one.seq}.${one.key}.${one.signal}`}
        filter={JSON.stringify(query)}
        more={pages.more}
        isFetching={pages.isFetching}
        height="calc(100dvh - 360px)"
        columns={[
          { name: "at", title: i18n.t("When"), width: "96px", cell: (one) => <Ago at={one.at} /> },
          { name: "fate", title: i18n.t("Fate"), width: "84px", cell: (one) => fateWord(one.fate) },
          {
            name: "title",
            title: i18n.t("Signal"),
            width: "minmax(0, 1fr)",
            cell: (one) =>
              one.link ? <Link to={one.link as never}>{one.title || one.key}</Link> : one.title || one.key,
          },
          {
            name: "signal",
            title: i18n.t("What it said"),
            width: "110px",
            wideOnly: true,
            cell: (one) => signalWord(one.signal),
          },
          { name: "rule", title: i18n.t("Rule"), width: "150px", wideOnly: true, cell: (one) => one.rule },
          { name: "source", title: i18n.t("Source"), width: "100px", wideOnly: true, cell: (one) => one.source },
          {
            name: "incident",
            title: i18n.t("Incident"),
            width: "70px",
            wideOnly: true,
            cell: (one) => (one.incident ? <Link to={`/incidents/${one.incident}` as never}>{one.incident}</Link> : ""),
          },
        ]}
        empty={
          <Empty title={i18n.t("No signal with this fate")}>{i18n.t("Choose another fate or source above.")}</Empty>
        }
      />
    </Page>
  );
}
