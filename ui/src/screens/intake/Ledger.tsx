import { Button, NativeSelect } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { useGet, usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { Export } from "../../parts/Export";
import { List } from "../../parts/List";
import { Ago, Code, Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { number } from "../../words";
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
      return i18n.t("Undecided");
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

function fateMeaning(fate: Fate): string {
  switch (fate) {
    case "paged":
      return i18n.t("told to a person");
    case "merged":
      return i18n.t("belongs to what is told already");
    case "suppressed":
      return i18n.t("kept quiet by a rule");
    case "dead_lettered":
      return i18n.t("not understood, kept");
    case "pending":
      return i18n.t("not decided yet");
  }
}

function Fated({ fate }: { fate: string }) {
  return (
    <span className={css.fated}>
      <i data-fate={fate} aria-hidden="true" />
      {fateWord(fate)}
    </span>
  );
}

/** A rule that held a signal back; a silence is led to. */
function Rule({ rule }: { rule: string }) {
  const silence = /\bSIL-\d+\b/.exec(rule)?.[0];
  return silence ? <Link to={`/silences/${silence}` as never}>{rule}</Link> : <Code>{rule}</Code>;
}

type Entry = Schemas["EntryShown"];

/** One event may tell of many signals: each row gets an id of its own. */
function numbered(entries: Entry[]): (Entry & { row: string })[] {
  const seen = new Map<number, number>();
  return entries.map((one) => {
    const n = seen.get(one.seq) ?? 0;
    seen.set(one.seq, n + 1);
    return { ...one, row: `${one.seq}.${n}` };
  });
}

/** The one sum: received = paged + merged + held back + dead letters + pending. Each part filters the list. */
function Sum({ sum, chosen, choose }: { sum: Schemas["LedgerShown"]; chosen: string; choose: (fate: string) => void }) {
  const parts = FATES.reduce((all, one) => all + sum[one], 0);
  const rules = Object.entries(sum.suppressed_by_rule).sort(([, a], [, b]) => b - a);
  return (
    <section className={css.sum} aria-label={i18n.t("The sum")}>
      <div className={css.terms} role="group" aria-label={i18n.t("Fate")}>
        <button type="button" className={css.fate} onClick={() => choose("")}>
          <strong>{number(sum.received)}</strong>
          <b>{i18n.t("Received")}</b>
          <span>{i18n.t("signals, since the beginning")}</span>
        </button>
        {FATES.map((one, index) => (
          <div key={one} className={css.term}>
            <span className={css.sign} aria-hidden="true">
              {index > 0 ? "+" : sum.balanced ? "=" : "≠"}
            </span>
            <button
              type="button"
              className={css.fate}
              aria-pressed={chosen === one}
              onClick={() => choose(chosen === one ? "" : one)}
            >
              <strong>{number(sum[one])}</strong>
              <b>
                <Fated fate={one} />
              </b>
              <span>{fateMeaning(one)}</span>
            </button>
          </div>
        ))}
      </div>
      <div className={css.bar} aria-hidden="true">
        {FATES.filter((one) => sum[one] > 0).map((one) => (
          <i key={one} data-fate={one} style={{ flexGrow: sum[one] }} />
        ))}
      </div>
      <p className={css.balance} data-off={!sum.balanced || undefined} role="status">
        {sum.balanced ? <IconCheck size={16} aria-hidden="true" /> : <IconAlertTriangle size={16} aria-hidden="true" />}
        {sum.balanced
          ? i18n.t("The books balance: each signal has exactly one fate.")
          : i18n.t("The books do not balance: {n} signals have no fate, or more than one. Please report this.", {
              n: number(Math.abs(sum.received - parts)),
            })}
      </p>
      {rules.length > 0 && (
        <p className={css.note}>
          {i18n.t("Held back by:")}{" "}
          {rules.map(([rule, count]) => (
            <span key={rule} className={css.rule}>
              <Rule rule={rule} /> {number(count)}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

/** Every signal that came in has exactly one fate, and the counts prove it. */
export function Ledger() {
  const [params, set] = useParamsOfUrl();
  const query = { fate: params.fate, source: params.source };
  const { data: sum, error } = useGet("/api/v1/ledger", { every: 15_000 });
  const pages = usePages("/api/v1/ledger/entries", { query });
  const { data: sources } = useGet("/api/v1/sources", { query: { limit: 200 } });
  const nameOf = (id: string) =>
    id === "tocsin" ? i18n.t("Tocsin itself") : (sources?.items.find((one) => one.id === id)?.spec.name ?? id);
  return (
    <Page title={i18n.t("Ledger of fates")} wide acts={<Export what="ledger" query={query} />}>
      <Fault problem={error} />
      {sum ? <Sum sum={sum} chosen={params.fate ?? ""} choose={(fate) => set({ fate })} /> : <Waiting rows={3} />}
      <div className={css.filters}>
        <NativeSelect
          aria-label={i18n.t("Source")}
          value={params.source ?? ""}
          onChange={(event) => set({ source: event.currentTarget.value })}
          data={[
            { value: "", label: i18n.t("All sources") },
            ...(sources?.items.map((one) => ({ value: one.id, label: one.spec.name })) ?? []),
            { value: "tocsin", label: i18n.t("Tocsin itself") },
          ]}
        />
        {(params.fate || params.source) && (
          <Button variant="subtle" onClick={() => set({ fate: "", source: "" })}>
            {i18n.t("Show all")}
          </Button>
        )}
        <span className={css.note}>{i18n.t("The sum is of everything; the list below is filtered.")}</span>
      </div>
      <Fault problem={pages.error} retry={() => void pages.refetch()} />
      <List
        label={i18n.t("Signals and their fates")}
        items={numbered(pages.items)}
        id={(one) => one.row}
        filter={JSON.stringify(query)}
        more={pages.more}
        isFetching={pages.isFetching}
        height="calc(100dvh - 380px)"
        columns={[
          { name: "at", title: i18n.t("When"), width: "124px", wideOnly: true, cell: (one) => <Ago at={one.at} /> },
          { name: "fate", title: i18n.t("Fate"), width: "108px", cell: (one) => <Fated fate={one.fate} /> },
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
          {
            name: "rule",
            title: i18n.t("Rule"),
            width: "150px",
            wideOnly: true,
            cell: (one) => (one.rule ? <Rule rule={one.rule} /> : ""),
          },
          {
            name: "source",
            title: i18n.t("Source"),
            width: "130px",
            wideOnly: true,
            cell: (one) => nameOf(one.source),
          },
          {
            name: "incident",
            title: i18n.t("Incident"),
            width: "70px",
            wideOnly: true,
            cell: (one) => (one.incident ? <Link to={`/incidents/${one.incident}` as never}>{one.incident}</Link> : ""),
          },
        ]}
        empty={
          pages.hasMore ? (
            <Empty
              title={i18n.t("Nothing found so far")}
              action={
                <Button variant="default" onClick={pages.more}>
                  {i18n.t("Look further back")}
                </Button>
              }
            />
          ) : params.fate || params.source ? (
            <Empty title={i18n.t("No signal with this fate")}>{i18n.t("Choose another fate or source above.")}</Empty>
          ) : (
            <Empty title={i18n.t("No signal yet")} action={<Link to="/sources/new">{i18n.t("Connect a source")}</Link>}>
              {i18n.t("Each signal that comes in is written here with what became of it: none is lost in silence.")}
            </Empty>
          )
        }
      />
    </Page>
  );
}
