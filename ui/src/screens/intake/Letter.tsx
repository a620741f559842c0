import { Button, Switch } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { Ago, Card, Code, Copy, Empty, Facts, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { discardLetter, replayLetter, TOUCHED } from "./acts";
import css from "./Intake.module.css";
import { MappingEditor, TryIt } from "./Mapping";
import { saveSource } from "./Settings";
import { doorWord, placeOf } from "./spec";

type Letter = Schemas["LetterShown"];

export function DeadLetter() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data, error, refetch } = useGet("/api/v1/dead-letters/{letter_id}", { path: { letter_id: id } });
  const trail: [string, string][] = [[i18n.t("Dead letters"), "/dead-letters"]];
  if (error?.status === 404)
    return (
      <Page title={id} trail={trail}>
        <Empty title={i18n.t("Put away")} action={<Link to="/dead-letters">{i18n.t("Dead letters")}</Link>}>
          {i18n.t("It was replayed or discarded long ago, or never was.")}
        </Empty>
      </Page>
    );
  if (!data)
    return (
      <Page title={id} trail={trail}>
        {error ? <Fault problem={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  if (data.closed) return <Closed letter={data} closed={data.closed} trail={trail} />;
  return <Seen letter={data} trail={trail} />;
}

type Put = { letter: Letter; closed: NonNullable<Letter["closed"]>; trail: [string, string][] };

/** What became of a letter that nobody has to look at any more. */
function Closed({ letter, closed, trail }: Put) {
  const isReplayed = closed.how === "replayed";
  return (
    <Page title={letter.id} trail={trail}>
      <Card title={isReplayed ? i18n.t("Replayed") : i18n.t("Discarded")}>
        <p>
          {isReplayed
            ? i18n.t("It was understood when it was read again, and what it says counts.")
            : i18n.t("Somebody looked at it and put it away; nothing of it counts.")}
        </p>
        <Facts
          facts={[
            [i18n.t("Closed by"), closed.by_name],
            [i18n.t("When"), <Ago key="closed" at={closed.at} />],
            [
              i18n.t("Source"),
              <Link key="source" to={`/sources/${letter.source}` as never}>
                {letter.source}
              </Link>,
            ],
            [i18n.t("Protocol"), doorWord(letter.door)],
            [i18n.t("Received"), <Ago key="at" at={letter.received_at} />],
          ]}
        />
      </Card>
      <Card title={i18n.t("Why it was not understood")}>
        <p className={css.wrong}>{letter.error}</p>
      </Card>
    </Page>
  );
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
                  {source?.spec.name ?? letter.source}
                </Link>,
              ],
              [i18n.t("Protocol"), doorWord(letter.door)],
              [i18n.t("Where"), <Where key="where" letter={letter} />],
              [i18n.t("Received"), <Ago key="at" at={letter.received_at} />],
              [i18n.t("Content type"), letter.content_type],
              [i18n.t("Query"), letter.query],
            ]}
          />
          {letter.cut && <p className={css.wrong}>{i18n.t("Its end is missing, so it cannot be played again.")}</p>}
        </Card>
        <PayloadCard letter={letter} />
        {source && <Mend key={source.revision} letter={letter} source={source} />}
      </div>
    </Page>
  );
}

function PayloadCard({ letter }: { letter: Letter }) {
  const [asSent, setAsSent] = useState(true);
  const long = letter.encoded ? null : indented(letter.body);
  return (
    <Card
      title={
        letter.encoded ? i18n.t("The payload, in base64 because it is no text") : i18n.t("The payload, as it came")
      }
      action={
        <span className={css.acts}>
          {long && (
            <Switch
              size="xs"
              label={i18n.t("Indented")}
              checked={!asSent}
              onChange={(event) => setAsSent(!event.currentTarget.checked)}
            />
          )}
          <Copy text={letter.body} />
        </span>
      }
    >
      {letter.body === "" ? (
        <p className={css.note}>{i18n.t("It is empty.")}</p>
      ) : asSent || !long ? (
        <Payload letter={letter} />
      ) : (
        <pre className={css.payload} tabIndex={0}>
          {long}
        </pre>
      )}
    </Card>
  );
}

/** Where in the payload the mistake is, as far as it is known. */
function Where({ letter }: { letter: Letter }) {
  if (letter.path) return <Code>{letter.path}</Code>;
  if (letter.byte === null) return <>{i18n.t("Not at one place")}</>;
  if (letter.encoded) return <>{i18n.t("byte {n}", { n: letter.byte })}</>;
  return <>{i18n.t("line {line}, column {column} (marked below)", placeOf(letter.body, letter.byte))}</>;
}

/** JSON on many lines; null where it is none. */
function indented(text: string): string | null {
  try {
    const long = JSON.stringify(JSON.parse(text), null, 2);
    return long === text ? null : long;
  } catch {
    return null;
  }
}

/** The payload with the place of the mistake marked, as far as it is known. */
function Payload({ letter }: { letter: Letter }) {
  const bytes = letter.encoded ? null : new TextEncoder().encode(letter.body);
  if (!bytes || letter.byte === null || letter.byte === undefined || letter.byte >= bytes.length)
    return (
      <pre className={css.payload} tabIndex={0}>
        {letter.body}
      </pre>
    );
  const before = new TextDecoder().decode(bytes.slice(0, letter.byte));
  const rest = letter.body.slice(before.length);
  return (
    <pre className={css.payload} tabIndex={0}>
      {before}
      <mark title={i18n.t("Here")}>{rest.slice(0, 1)}</mark>
      {rest.slice(1)}
    </pre>
  );
}

/** Law: what follows an act hangs on its promise, for the live feed may take this page away first.
 * Mend the mapping, try it on this very letter, save it and replay. */
function Mend({ letter, source }: { letter: Letter; source: Schemas["SourceShown"] }) {
  const may = useMay("configure");
  const navigate = useNavigate();
  const [draft, setDraft] = useState(source.spec);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(source.spec);
  const save = useChange(() => saveSource(source, draft), "/api/v1/sources");
  const both = useChange(
    async () => {
      await saveSource(source, draft);
      return replayLetter(letter.id);
    },
    ...TOUCHED,
  );
  const mapping = letter.door === "generic" && may ? draft.mapping : null;
  return (
    <Card title={mapping ? i18n.t("Mend the mapping and try") : i18n.t("Try to read it again")}>
      <div className={css.form}>
        {mapping ? (
          <MappingEditor mapping={mapping} set={(changed) => setDraft({ ...draft, mapping: changed })} />
        ) : (
          <p className={css.note}>
            {i18n.t("This form is fixed: what it lacks is mended at the sender, who then sends again.")}{" "}
            <Link to="/sources/$id" params={{ id: letter.source }}>
              {i18n.t("How to send to it")}
            </Link>
          </p>
        )}
        <TryIt letter={letter.id} spec={may ? draft : undefined} />
        {mapping && (
          <div className={css.acts}>
            <Button
              disabled={!isChanged || letter.cut}
              loading={both.isPending}
              onClick={() =>
                both.mutateAsync(undefined).then(() => {
                  done(i18n.t("Mapping saved, letter replayed: its signals count now"));
                  void navigate({ to: "/dead-letters" });
                }, refused)
              }
            >
              {i18n.t("Save the mapping and replay")}
            </Button>
            <Button
              variant="default"
              disabled={!isChanged}
              loading={save.isPending}
              onClick={() =>
                save.mutateAsync(undefined).then(() => done(i18n.t("Mapping saved. Now it can be replayed.")), refused)
              }
            >
              {i18n.t("Save the mapping")}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function Acts({ letter }: { letter: Letter }) {
  const may = useMay("respond");
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const replay = useChange(() => replayLetter(letter.id), ...TOUCHED);
  const discard = useChange(() => discardLetter(letter.id), ...TOUCHED);
  const away = (words: string) => () => {
    done(words);
    void navigate({ to: "/dead-letters" });
  };
  if (!may) return null;
  return (
    <>
      <Copy text={location.href} label={i18n.t("Copy link")} />
      <Button variant="default" onClick={() => setAsking(true)}>
        {i18n.t("Discard…")}
      </Button>
      <Button
        disabled={letter.cut}
        loading={replay.isPending}
        onClick={() => replay.mutateAsync(undefined).then(away(i18n.t("Replayed: its signals count now")), refused)}
      >
        {i18n.t("Replay")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Discard {id}?", { id: letter.id })}
        verb={i18n.t("Discard")}
        onNo={() => setAsking(false)}
        onYes={() => void discard.mutateAsync(undefined).then(away(i18n.t("Discarded")), refused)}
      >
        {i18n.t("What it said is then ignored for good. The journal keeps it.")}
      </Sure>
    </>
  );
}
