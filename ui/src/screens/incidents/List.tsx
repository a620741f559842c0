/** The incidents: mine, my teams', all; what nobody has answered comes first. */
import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconCheck, IconCircleCheck, IconClockPause, IconPlus, IconSearch } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { Query } from "../../api/client";
import { useMay, useMe } from "../../api/me";
import { usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { BulkBar } from "../../parts/BulkBar";
import { useChoice } from "../../parts/choice";
import { Export } from "../../parts/Export";
import { type Column, List } from "../../parts/List";
import { Empty, Fault, lapse, Status, useNow } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { Partial } from "../../parts/Partial";
import { People } from "../../parts/Person";
import { SavedViews } from "../../parts/SavedViews";
import { Severity } from "../../parts/Severity";
import type { Swipes } from "../../parts/swipe";
import { type Params, useParamsOfUrl } from "../../parts/url";
import { SEVERITIES, severityWord, statusWord } from "../../words";
import { useActAll } from "./all";
import { type Asking, Dialogs } from "./Dialogs";
import { type Act, useAct } from "./deeds";
import css from "./List.module.css";
import type { Row, Verb } from "./model";
import { verbWord } from "./words";

/** The query of the list for what stands in the URL. */
function asked(params: Params, teams: string[]): Query {
  return {
    status: params.status === "any" ? "" : params.status || "open",
    severity: params.severity,
    priority: params.priority,
    service: params.service,
    team: params.whose === "team" ? teams.join(",") : params.team,
    mine: params.whose === "mine" ? true : undefined,
    q: params.q,
    sort: params.sort || "urgent",
  };
}

function Age({ row }: { row: Row }) {
  const now = useNow();
  return <>{lapse(row.opened_at, row.resolved_at ?? now)}</>;
}

function columns(): Column<Row>[] {
  return [
    { name: "severity", title: "", width: "20px", cell: (row) => <Severity level={row.severity} bare /> },
    {
      name: "id",
      title: i18n.t("Id"),
      width: "72px",
      wideOnly: true,
      rank: 7,
      cell: (row) => <span className={css.id}>{row.id}</span>,
    },
    {
      name: "title",
      title: i18n.t("Incident"),
      width: "minmax(0, 1fr)",
      cell: (row) => (
        <>
          <Link to="/incidents/$id" params={{ id: row.id }} className={css.title} tabIndex={-1}>
            {row.title}
          </Link>
          {row.status_text && <span className={css.dim}> · {row.status_text}</span>}
        </>
      ),
    },
    { name: "priority", title: i18n.t("Prio"), width: "36px", wideOnly: true, rank: 6, cell: (row) => row.priority },
    {
      name: "state",
      title: i18n.t("Status"),
      width: "128px",
      wideOnly: true,
      rank: 1,
      cell: (row) => <Status state={row.state} />,
    },
    {
      name: "service",
      title: i18n.t("Service"),
      width: "130px",
      wideOnly: true,
      rank: 3,
      cell: (row) => row.service_name,
    },
    {
      name: "who",
      title: i18n.t("Who has it"),
      width: "150px",
      wideOnly: true,
      rank: 4,
      cell: (row) =>
        row.status === "resolved" ? (
          <span className={css.dim}>{row.resolved_by_name}</span>
        ) : (
          <People people={row.assignees} />
        ),
    },
    {
      name: "alerts",
      title: i18n.t("Alerts"),
      width: "64px",
      wideOnly: true,
      rank: null,
      cell: (row) =>
        row.alert_count ? (
          <span className={css.dim}>
            {row.alert_open_count}/{row.alert_count}
          </span>
        ) : (
          ""
        ),
    },
    {
      name: "age",
      title: i18n.t("Open for"),
      width: "66px",
      wideOnly: true,
      rank: 2,
      cell: (row) => (
        <span className={css.age}>
          <Age row={row} />
        </span>
      ),
    },
  ];
}

export function Incidents() {
  const [params, set] = useParamsOfUrl();
  const me = useMe();
  const may = useMay("respond");
  const navigate = useNavigate();
  const act = useAct();
  const choice = useChoice<Row>();
  const [asking, setAsking] = useState<Asking>(null);
  const query = asked(params, me.user.teams);
  const noTeam = params.whose === "team" && me.user.teams.length === 0;
  const pages = usePages("/api/v1/incidents", { query, when: !noTeam });
  const { isFetching, error } = pages;
  const rows = noTeam ? [] : pages.items;
  const all = useActAll(choice, query, pages.hasMore);
  const ask = (what: NonNullable<Asking>["what"]) => (some: Row[]) =>
    setAsking({ what, rows: some, all: choice.isAll ? all.total : undefined });
  const run = (verb: Verb) => (some: Row[]) => (choice.isAll ? all.ask({ verb }) : void act(some, { verb }));
  const shown = useMemo(columns, []);
  const acts: Record<string, [string, (rows: Row[]) => void]> = {
    a: [i18n.t("Acknowledge"), run("acknowledge")],
    r: [i18n.t("Resolve"), run("resolve")],
    z: [i18n.t("Snooze"), ask("snooze")],
    m: [i18n.t("Merge"), ask("merge")],
    e: [i18n.t("Reassign"), ask("reassign")],
  };
  const fresh = rows.filter((one) => choice.rows.has(one.id));
  return (
    <Page
      wide
      title={i18n.t("Incidents")}
      acts={
        <>
          <SavedViews screen="incidents" />
          <Export what="incidents" query={query} />
          {may && (
            <Button
              className={css.new}
              leftSection={<IconPlus size={15} />}
              renderRoot={(props) => <Link to="/incidents/new" {...props} />}
            >
              {i18n.t("New incident")}
            </Button>
          )}
        </>
      }
    >
      <Filters params={params} set={set} />
      <Fault problem={error} retry={() => void pages.refetch()} />
      {!pages.isComplete && (
        <Partial>
          {i18n.t(
            "There are too many incidents for this order: only the newest of them are in it. By age you see all of them.",
          )}
        </Partial>
      )}
      <List
        label={i18n.t("Incidents")}
        items={rows}
        id={(row) => row.id}
        columns={shown}
        open={(row) => void navigate({ to: "/incidents/$id", params: { id: row.id } })}
        filter={JSON.stringify(query)}
        more={pages.more}
        seen={pages.seen}
        isFetching={isFetching}
        choice={may ? choice : undefined}
        acts={may ? acts : undefined}
        swipe={may ? (row) => swipes(row, act, setAsking) : undefined}
        edge={(row) => (row.state === "triggered" ? row.severity : "")}
        empty={
          error ? null : (
            <Nothing params={params} noTeam={noTeam} clear={() => void navigate({ to: ".", search: {} })} />
          )
        }
      />
      <BulkBar choice={choice} read={rows.length} total={all.total}>
        {(["acknowledge", "resolve"] as Verb[]).map((verb) => (
          <Button key={verb} variant={verb === "acknowledge" ? "filled" : "default"} onClick={() => run(verb)(fresh)}>
            {verbWord(verb)}
          </Button>
        ))}
        {(["snooze", "reassign", "merge"] as const).map((verb) => (
          <Button
            key={verb}
            variant="default"
            disabled={verb === "merge" && fresh.length < 2}
            onClick={() => ask(verb)(fresh)}
          >
            {verbWord(verb)}
          </Button>
        ))}
      </BulkBar>
      <Dialogs asking={asking} close={() => setAsking(null)} act={act} actAll={all.act} />
      {all.dialog}
    </Page>
  );
}

/** To the right what an answer is next; to the left sleep. */
function swipes(row: Row, act: Act, ask: (asking: Asking) => void): Swipes {
  const verb: Verb = row.status === "triggered" ? "acknowledge" : "resolve";
  if (row.status === "resolved") return {};
  return {
    right: {
      words: verbWord(verb),
      icon: verb === "acknowledge" ? IconCircleCheck : IconCheck,
      run: () => void act([row], { verb }),
    },
    left: { words: i18n.t("Snooze…"), icon: IconClockPause, run: () => ask({ what: "snooze", rows: [row] }) },
  };
}

function Tabs({
  label,
  value,
  options,
  choose,
}: {
  label: string;
  value: string;
  options: [string, string][];
  choose: (value: string) => void;
}) {
  return (
    <div className={css.tabs} role="group" aria-label={label}>
      {options.map(([one, words]) => (
        <button key={one} type="button" aria-pressed={value === one} onClick={() => choose(one)}>
          {words}
        </button>
      ))}
    </div>
  );
}

function Filters({ params, set }: { params: Params; set: (patch: Partial<Params>) => void }) {
  const [text, setText] = useState(params.q ?? "");
  const [inUrl, setInUrl] = useState(params.q ?? "");
  if ((params.q ?? "") !== inUrl) {
    setInUrl(params.q ?? "");
    setText(params.q ?? "");
  }
  const later = useDebouncedCallback((q: string) => {
    setInUrl(q);
    set({ q });
  }, 200);
  return (
    <div className={css.filters}>
      <Tabs
        label={i18n.t("Whose")}
        value={params.whose || "all"}
        choose={(whose) => set({ whose: whose === "all" ? "" : whose })}
        options={[
          ["mine", i18n.t("Mine")],
          ["team", i18n.t("My teams")],
          ["all", i18n.t("All")],
        ]}
      />
      <Tabs
        label={i18n.t("Status")}
        value={params.status || "open"}
        choose={(status) => set({ status: status === "open" ? "" : status })}
        options={[
          ["open", i18n.t("Unresolved")],
          ["triggered", statusWord("triggered")],
          ["acknowledged", statusWord("acknowledged")],
          ["resolved", statusWord("resolved")],
          ["any", i18n.t("Any")],
        ]}
      />
      <Select
        className={css.select}
        aria-label={i18n.t("Severity")}
        value={params.severity || ""}
        onChange={(severity) => set({ severity: severity ?? "" })}
        data={[
          { value: "", label: i18n.t("Any severity") },
          ...SEVERITIES.map((one) => ({ value: one, label: severityWord(one) })),
        ]}
      />
      <Select
        className={css.select}
        aria-label={i18n.t("Order")}
        value={params.sort || "urgent"}
        onChange={(sort) => set({ sort: sort === "urgent" ? "" : (sort ?? "") })}
        data={[
          { value: "urgent", label: i18n.t("Unanswered first") },
          { value: "newest", label: i18n.t("Newest first") },
          { value: "oldest", label: i18n.t("Oldest first") },
          { value: "severity", label: i18n.t("Worst first") },
          { value: "priority", label: i18n.t("By priority") },
        ]}
      />
      <TextInput
        className={css.search}
        type="search"
        aria-label={i18n.t("Search incidents")}
        placeholder={i18n.t("Words of the title, a service, an id")}
        leftSection={<IconSearch size={15} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          later(event.currentTarget.value.trim());
        }}
      />
    </div>
  );
}

function Nothing({ params, noTeam, clear }: { params: Params; noTeam: boolean; clear: () => void }) {
  const button = (
    <Button variant="default" onClick={clear}>
      {i18n.t("Show all open incidents")}
    </Button>
  );
  if (noTeam)
    return (
      <Empty title={i18n.t("You are in no team")} action={button}>
        {i18n.t("Incidents of your teams appear here once you belong to one.")}
      </Empty>
    );
  if (Object.keys(params).length > 0) return <Empty title={i18n.t("No incident matches")} action={button} />;
  return (
    <Empty
      title={i18n.t("Nothing burns")}
      action={
        <Link to="/incidents" search={{ status: "resolved", sort: "newest" } as never}>
          {i18n.t("See what was resolved")}
        </Link>
      }
    >
      {i18n.t("An incident opens when an alert finds its route. You can open one by hand with the key n.")}
    </Empty>
  );
}
