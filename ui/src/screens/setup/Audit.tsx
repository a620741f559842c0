/** Who did what and when: the journal itself, newest first. */
import { Button, Drawer, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useMay, useMe } from "../../api/me";
import { useGet, usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { DateField } from "../../parts/DateField";
import { Export } from "../../parts/Export";
import { type Column, List } from "../../parts/List";
import { Ago, Card, Code, Empty, exact, Facts, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { SavedViews } from "../../parts/SavedViews";
import { useParamsOfUrl } from "../../parts/url";
import { Why } from "../../parts/Why";
import { namedFact } from "./facts";
import { factWord } from "./factWords";
import css from "./setup.module.css";

type Entry = Schemas["journal_Entry"];

/** Who did it, for people: what the house does by itself is Tocsin's. */
function actorWord(entry: Entry): string {
  if (entry.actor === "clock") return i18n.t("Tocsin, in time");
  if (entry.actor === "init") return i18n.t("Tocsin, at installation");
  if (entry.actor.startsWith("source:"))
    return i18n.t("Source {name}", { name: entry.actor_name || entry.actor.slice(7) });
  return /^(room|outbox|gateway)\b/.test(entry.actor) ? "Tocsin" : entry.actor_name || entry.actor;
}

const sentence = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

function columns(): Column<Entry>[] {
  return [
    { name: "at", title: i18n.t("When"), width: "112px", wideOnly: true, cell: (one) => <Ago at={one.at} /> },
    {
      name: "actor",
      title: i18n.t("Who"),
      width: "minmax(80px, 170px)",
      wideOnly: true,
      cell: (one) => <span title={one.actor}>{actorWord(one)}</span>,
    },
    {
      name: "text",
      title: i18n.t("What"),
      width: "minmax(120px, 1fr)",
      cell: (one) => <span title={one.type}>{sentence(one.text)}</span>,
    },
    {
      name: "subject",
      title: i18n.t("About"),
      width: "minmax(80px, 200px)",
      wideOnly: true,
      cell: (one) => <Code>{one.subject}</Code>,
    },
    {
      name: "seq",
      title: "#",
      width: "70px",
      wideOnly: true,
      cell: (one) => <span className={css.dim}>#{one.seq}</span>,
    },
  ];
}

export function Audit() {
  const me = useMe();
  const administers = useMay("administer");
  const [params, set] = useParamsOfUrl();
  const [opened, setOpened] = useState<Entry | null>(null);
  const query = {
    actor: administers ? params.actor : me.user.id,
    type: params.type,
    subject: params.subject,
    since: params.since && new Date(params.since).toISOString(),
    until: params.until && new Date(params.until).toISOString(),
  };
  const { items, more, hasMore, isPending, isFetching, error, refetch } = usePages("/api/v1/audit", { query });
  return (
    <Page title={i18n.t("Audit")} wide acts={<Export what="audit" query={query} />}>
      <SavedViews
        screen="audit"
        presets={[
          { name: i18n.t("All"), query: "" },
          ...(administers ? [{ name: i18n.t("What people did"), query: "actor=*" }] : []),
          { name: i18n.t("What I did"), query: `actor=${me.user.id}` },
        ]}
      />
      <Filters params={params} set={set} isMany={administers} />
      <Fault problem={error} retry={() => void refetch()} />
      {isPending ? (
        <Waiting />
      ) : (
        <List
          label={i18n.t("Audit")}
          items={items}
          id={(one) => String(one.seq)}
          columns={columns()}
          filter={JSON.stringify(query)}
          more={more}
          isFetching={isFetching}
          open={setOpened}
          empty={
            <Empty
              title={hasMore ? i18n.t("Nothing found so far") : i18n.t("Nothing matches")}
              action={
                <Button
                  variant="default"
                  onClick={hasMore ? more : () => set({ actor: "", type: "", subject: "", since: "", until: "" })}
                >
                  {hasMore ? i18n.t("Look further back") : i18n.t("Clear the filters")}
                </Button>
              }
            />
          }
        />
      )}
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        size="lg"
        title={opened ? `#${opened.seq} · ${sentence(opened.text)}` : ""}
      >
        {opened && (
          <Detail
            entry={opened}
            only={(change) => {
              set(change);
              setOpened(null);
            }}
          />
        )}
      </Drawer>
    </Page>
  );
}

type Set = ReturnType<typeof useParamsOfUrl>[1];

function Filters({ params, set, isMany }: { params: Record<string, string>; set: Set; isMany: boolean }) {
  const { data } = useGet("/api/v1/users", { query: { limit: 500 }, when: isMany });
  const people = data?.items.map((one) => ({ value: one.id, label: one.spec.name })) ?? [];
  const other =
    params.actor && params.actor !== "*" && !people.some((one) => one.value === params.actor) ? [params.actor] : [];
  const text = (name: string, words: string, place: string) => (
    <TextInput
      key={`${name} ${params[name] ?? ""}`}
      label={words}
      placeholder={place}
      defaultValue={params[name] ?? ""}
      onBlur={(event) => set({ [name]: event.currentTarget.value.trim() })}
      onKeyDown={(event) => event.key === "Enter" && set({ [name]: event.currentTarget.value.trim() })}
    />
  );
  const day = (name: string, words: string) => (
    <DateField label={words} value={params[name] ?? ""} onChange={(date) => set({ [name]: date })} />
  );
  return (
    <div className={css.filters}>
      {isMany && (
        <NativeSelect
          label={i18n.t("Who")}
          value={params.actor ?? ""}
          onChange={(event) => set({ actor: event.currentTarget.value })}
          data={[
            { value: "", label: i18n.t("Anybody, Tocsin too") },
            { value: "*", label: i18n.t("Any person") },
            ...other.map((value) => ({ value, label: value })),
            ...people,
          ]}
        />
      )}
      {text("type", i18n.t("Kind of event"), "IncidentAcknowledged")}
      {text("subject", i18n.t("About"), "INC-7")}
      {day("since", i18n.t("From day"))}
      {day("until", i18n.t("Before day"))}
    </div>
  );
}

function Detail({ entry, only }: { entry: Entry; only: (change: Record<string, string>) => void }) {
  const id = entry.actor.split(":")[1];
  const name = actorWord(entry);
  return (
    <div className={css.stack}>
      <Facts
        facts={[
          [i18n.t("When"), exact(entry.at)],
          [i18n.t("Who"), id && id !== name && entry.actor.startsWith("user:") ? `${name} (${id})` : name],
          [
            i18n.t("About"),
            <Only key="subject" words={i18n.t("Only about this")} run={() => only({ subject: entry.subject })}>
              {entry.subject}
            </Only>,
          ],
          [
            i18n.t("Kind of event"),
            <Only key="type" words={i18n.t("Only of this kind")} run={() => only({ type: entry.type })}>
              {entry.type}
            </Only>,
          ],
        ]}
      />
      <Card title={i18n.t("Facts")}>
        <Facts
          facts={Object.entries(entry.facts).map(([name, value]) => [
            factWord(name),
            entry.said[name] ? (
              <span key={name} title={namedFact(name, value)}>
                {entry.said[name]}
              </span>
            ) : (
              <Fact key={name} name={name} value={value} />
            ),
          ])}
        />
      </Card>
      <Card title={i18n.t("Why")}>
        <Why about={String(entry.seq)} />
      </Card>
    </div>
  );
}

/** A fact; what has fields of its own, such as what was configured, names them, too. */
function Fact({ name, value }: { name: string; value: unknown }) {
  if (typeof value !== "object" || value === null || Array.isArray(value) || FREE.has(name))
    return namedFact(name, value, 2000);
  const fields = Object.entries(value).filter(([, one]) => !isBare(one));
  return <Facts facts={fields.map(([field, one]) => [factWord(field), namedFact(field, one, 2000)])} />;
}

/** Whose fields are a sender's own words. */
const FREE = new Set(["labels", "annotations", "group_labels"]);
const isBare = (value: unknown) => value === "" || value === null || (Array.isArray(value) && value.length === 0);

/** A value, and the button that keeps only what shares it. */
function Only({ words, run, children }: { words: string; run: () => void; children: string }) {
  return (
    <span className={css.only}>
      <Code>{children}</Code>
      <Button variant="default" size="compact-xs" onClick={run}>
        {words}
      </Button>
    </span>
  );
}
