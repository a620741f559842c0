import { Button } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { post, put, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange, useGet, usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { List } from "../../parts/List";
import { Ago, Card, Code, Copy, Empty, Facts, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import css from "./Intake.module.css";
import { MappingEditor, TryIt } from "./Mapping";
import type { Spec } from "./spec";

type Letter = Schemas["LetterShown"];

export function DeadLetters() {
  const [params, set] = useParamsOfUrl();
  const navigate = useNavigate();
  const pages = usePages("/api/v1/dead-letters", { query: { source: params.source } });
  return (
    <Page
      title={i18n.t("Dead letters")}
      wide
      acts={
        params.source && (
          <Button variant="default" onClick={() => set({ source: "" })}>
            {i18n.t("Of {source} only: show all", { source: params.source })}
          </Button>
        )
      }
    >
      <Fault problem={pages.error} retry={() => void pages.refetch()} />
      <List
        label={i18n.t("Dead letters")}
        items={pages.items}
        id={(one) => one.id}
        filter={params.source ?? ""}
        more={pages.more}
        isFetching={pages.isFetching}
        open={(one) => void navigate({ to: "/dead-letters/$id", params: { id: one.id } })}
        columns={[
          {
            name: "id",
            title: "Id",
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
            cell: (one) => one.error,
          },
          { name: "source", title: i18n.t("Source"), width: "110px", wideOnly: true, cell: (one) => one.source },
          {
            name: "door",
            title: i18n.t("Protocol"),
            width: "110px",
            wideOnly: true,
            cell: (one) => <Code>{one.door}</Code>,
          },
          { name: "at", title: i18n.t("Received"), width: "96px", cell: (one) => <Ago at={one.received_at} /> },
        ]}
        empty={
          <Empty title={i18n.t("Everything was understood")}>
            {i18n.t(
              "A payload that nobody can read waits here, so that nothing is lost: mend the mapping and play it again.",
            )}
          </Empty>
        }
      />
    </Page>
  );
}

export function DeadLetter() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data, error, refetch } = useGet("/api/v1/dead-letters/{letter_id}", { path: { letter_id: id } });
  const trail: [string, string][] = [[i18n.t("Dead letters"), "/dead-letters"]];
  if (error?.status === 404)
    return (
      <Page title={id} trail={trail}>
        <Empty title={i18n.t("Put away")} action={<Link to="/dead-letters">{i18n.t("Dead letters")}</Link>}>
          {i18n.t("It was replayed or discarded.")}
        </Empty>
      </Page>
    );
  if (!data)
    return (
      <Page title={id} trail={trail}>
        {error ? <Fault problem={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  return <Seen letter={data} trail={trail} />;
}

function Seen({ letter, trail }: { letter: Letter; trail: [string, string][] }) {
  const { data: source } = useGet("/api/v1/sources/{source_id}", { path: { source_id: letter.source } });
  return (
    <Page title={letter.id} trail={trail} acts={<Acts letter={letter} />}>
      <div className={css.form}>
        <Card title={i18n.t("Why it was not understood")}>
          <p className={css.wrong}>{letter.error}</p>
          <Facts
            facts={[
              [
                i18n.t("Source"),
                <Link key="source" to={`/sources/${letter.source}` as never}>
                  {letter.source}
                </Link>,
              ],
              [i18n.t("Protocol"), <Code key="door">{letter.door}</Code>],
              [
                i18n.t("Where"),
                letter.path ? (
                  <Code key="path">{letter.path}</Code>
                ) : letter.byte ? (
                  i18n.t("byte {n}", { n: letter.byte })
                ) : (
                  ""
                ),
              ],
              [i18n.t("Received"), <Ago key="at" at={letter.received_at} />],
              [i18n.t("Content type"), letter.content_type],
              [i18n.t("Query"), letter.query],
            ]}
          />
          {letter.cut && <p className={css.wrong}>{i18n.t("Its end is missing, so it cannot be played again.")}</p>}
        </Card>
        <Card title={i18n.t("The payload")} action={<Copy text={letter.body} />}>
          <Payload letter={letter} />
        </Card>
        {source && <Mend letter={letter} spec={source.spec} />}
      </div>
    </Page>
  );
}

/** The payload with the place of the mistake marked, as far as it is known. */
function Payload({ letter }: { letter: Letter }) {
  const bytes = letter.encoded ? null : new TextEncoder().encode(letter.body);
  if (!bytes || letter.byte === null || letter.byte === undefined || letter.byte >= bytes.length)
    return <pre className={css.payload}>{letter.body}</pre>;
  const before = new TextDecoder().decode(bytes.slice(0, letter.byte));
  const rest = letter.body.slice(before.length);
  return (
    <pre className={css.payload}>
      {before}
      <mark title={i18n.t("Here")}>{rest.slice(0, 1)}</mark>
      {rest.slice(1)}
    </pre>
  );
}

/** Mend the mapping, try it on this very letter, save it. */
function Mend({ letter, spec }: { letter: Letter; spec: Spec }) {
  const may = useMay("configure");
  const [draft, setDraft] = useState(spec);
  const save = useChange(
    () => put("/api/v1/sources/{source_id}", { path: { source_id: letter.source }, body: draft }),
    "/api/v1/sources",
  );
  return (
    <Card title={spec.mapping ? i18n.t("Mend the mapping and try") : i18n.t("Try to read it again")}>
      <div className={css.form}>
        {draft.mapping && may && (
          <MappingEditor mapping={draft.mapping} set={(mapping) => setDraft({ ...draft, mapping })} />
        )}
        <TryIt letter={letter.id} spec={draft} />
        {draft.mapping && may && (
          <Button
            style={{ justifySelf: "start" }}
            loading={save.isPending}
            onClick={() =>
              save.mutate(undefined, {
                onSuccess: () => done(i18n.t("Mapping saved. Now it can be replayed.")),
                onError: refused,
              })
            }
          >
            {i18n.t("Save the mapping")}
          </Button>
        )}
      </div>
    </Card>
  );
}

function Acts({ letter }: { letter: Letter }) {
  const may = useMay("respond");
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const path = { letter_id: letter.id };
  const touched = ["/api/v1/dead-letters", "/api/v1/sources", "/api/v1/alerts"];
  const replay = useChange(
    () => post("/api/v1/dead-letters/{letter_id}/replay", { path, body: undefined }),
    ...touched,
  );
  const discard = useChange(
    () => post("/api/v1/dead-letters/{letter_id}/discard", { path, body: undefined }),
    ...touched,
  );
  const away = (words: string) => () => {
    done(words);
    void navigate({ to: "/dead-letters" });
  };
  if (!may) return null;
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {i18n.t("Discard…")}
      </Button>
      <Button
        disabled={letter.cut}
        loading={replay.isPending}
        onClick={() =>
          replay.mutate(undefined, { onSuccess: away(i18n.t("Replayed: its signals count now")), onError: refused })
        }
      >
        {i18n.t("Replay")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Discard {id}?", { id: letter.id })}
        verb={i18n.t("Discard")}
        onNo={() => setAsking(false)}
        onYes={() => discard.mutate(undefined, { onSuccess: away(i18n.t("Discarded")), onError: refused })}
      >
        {i18n.t("What it said is then ignored for good. The journal keeps it.")}
      </Sure>
    </>
  );
}
