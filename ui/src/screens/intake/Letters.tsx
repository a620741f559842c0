import { Button, NativeSelect } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange, useGet, usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { BulkBar } from "../../parts/BulkBar";
import { useChoice } from "../../parts/choice";
import { type Column, List } from "../../parts/List";
import { Ago, Empty, Fault } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { discardLetter, each, replayLetter, TOUCHED } from "./acts";
import css from "./Intake.module.css";
import { doorWord } from "./spec";

type Letter = Schemas["LetterShown"];

const columns = (nameOf: (source: string) => string): Column<Letter>[] => [
  {
    name: "id",
    title: i18n.t("Letter"),
    width: "64px",
    cell: (one) => (
      <Link to="/dead-letters/$id" params={{ id: one.id }}>
        {one.id}
      </Link>
    ),
  },
  {
    name: "error",
    title: i18n.t("Why it was not understood"),
    width: "minmax(0, 1fr)",
    cell: (one) => <span title={one.error}>{one.error}</span>,
  },
  {
    name: "source",
    title: i18n.t("Source"),
    width: "180px",
    wideOnly: true,
    cell: (one) => (
      <Link to="/sources/$id" params={{ id: one.source }}>
        {nameOf(one.source)}
      </Link>
    ),
  },
  {
    name: "door",
    title: i18n.t("Protocol"),
    width: "210px",
    wideOnly: true,
    cell: (one) => doorWord(one.door),
  },
  {
    name: "at",
    title: i18n.t("Received"),
    width: "124px",
    wideOnly: true,
    cell: (one) => <Ago at={one.received_at} />,
  },
];

/** What nobody could read: mend and replay it, one or many, or put it away. */
export function DeadLetters() {
  const [params, set] = useParamsOfUrl();
  const navigate = useNavigate();
  const may = useMay("respond");
  const pages = usePages("/api/v1/dead-letters", { query: { source: params.source } });
  const { data: sources } = useGet("/api/v1/sources", { query: { limit: 200 } });
  const choice = useChoice<Letter>();
  const [discarding, setDiscarding] = useState<Letter[]>([]);
  const acts = useActs(choice.clear);
  const [all, one] = [i18n.t("All sources"), params.source];
  return (
    <Page title={i18n.t("Dead letters")} wide>
      <Fault problem={pages.error} retry={() => void pages.refetch()} />
      <div className={css.filters}>
        <NativeSelect
          aria-label={i18n.t("Source")}
          value={one ?? ""}
          onChange={(event) => set({ source: event.currentTarget.value })}
          data={[
            { value: "", label: all },
            ...(sources?.items.map(({ id, spec }) => ({ value: id, label: spec.name })) ?? []),
          ]}
        />
        <span className={css.note}>{i18n.t("Kept until somebody mends or discards them; nothing is lost.")}</span>
      </div>
      <List
        label={i18n.t("Dead letters")}
        items={pages.items}
        id={(letter) => letter.id}
        filter={one ?? ""}
        more={pages.more}
        isFetching={pages.isFetching}
        height="calc(100dvh - 220px)"
        open={(letter) => void navigate({ to: "/dead-letters/$id", params: { id: letter.id } })}
        columns={columns((id) => sources?.items.find((source) => source.id === id)?.spec.name ?? id)}
        choice={may ? choice : undefined}
        acts={
          may
            ? { p: [i18n.t("Replay"), (them) => acts.replay.mutate(them)], d: [i18n.t("Discard"), setDiscarding] }
            : undefined
        }
        empty={
          <Nothing
            source={sources?.items.find((source) => source.id === one)?.spec.name ?? one}
            all={() => set({ source: "" })}
          />
        }
      />
      <BulkBar choice={choice}>
        <Button loading={acts.replay.isPending} onClick={() => acts.replay.mutate([...choice.rows.values()])}>
          {i18n.t("Replay")}
        </Button>
        <Button variant="default" onClick={() => setDiscarding([...choice.rows.values()])}>
          {i18n.t("Discard…")}
        </Button>
      </BulkBar>
      <Sure
        opened={discarding.length > 0}
        title={i18n.t("Discard {n, plural, one {# dead letter} other {# dead letters}}?", { n: discarding.length })}
        verb={i18n.t("Discard")}
        onNo={() => setDiscarding([])}
        onYes={() => {
          acts.discard.mutate(discarding);
          setDiscarding([]);
        }}
      >
        {i18n.t("What it said is then ignored for good. The journal keeps it.")}
      </Sure>
    </Page>
  );
}

function useActs(after: () => void) {
  const told = (say: (n: number) => string) => ({
    onSuccess: ([well, fault]: [number, unknown]) => {
      if (well) done(say(well));
      if (fault) refused(fault);
      after();
    },
  });
  const replay = useChange(
    (letters: Letter[]) =>
      each(
        letters.map((one) => one.id),
        replayLetter,
      ),
    ...TOUCHED,
  );
  const discard = useChange(
    (letters: Letter[]) =>
      each(
        letters.map((one) => one.id),
        discardLetter,
      ),
    ...TOUCHED,
  );
  const replayed = (n: number) =>
    i18n.t("{n, plural, one {# letter replayed} other {# letters replayed}}: their signals count now", { n });
  const discarded = (n: number) => i18n.t("{n, plural, one {# letter discarded} other {# letters discarded}}", { n });
  return {
    replay: { ...replay, mutate: (letters: Letter[]) => replay.mutate(letters, told(replayed)) },
    discard: { ...discard, mutate: (letters: Letter[]) => discard.mutate(letters, told(discarded)) },
  };
}

function Nothing({ source, all }: { source?: string; all: () => void }) {
  return (
    <Empty
      title={source ? i18n.t("Everything of {source} was understood", { source }) : i18n.t("Everything was understood")}
      action={
        source ? (
          <Button variant="default" onClick={all}>
            {i18n.t("Show all")}
          </Button>
        ) : (
          <Link to="/sources">{i18n.t("Sources and how they do")}</Link>
        )
      }
    >
      {i18n.t(
        "A payload that nobody can read waits here, so that nothing is lost: mend the mapping and play it again.",
      )}
    </Empty>
  );
}
