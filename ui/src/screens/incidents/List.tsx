/** The incidents: mine, my teams', all; what nobody has answered comes first. */
import { Button } from "@mantine/core";
import { IconCheck, IconCircleCheck, IconClockPause, IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useMay, useMe } from "../../api/me";
import { usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { BulkBar } from "../../parts/BulkBar";
import { useChoice } from "../../parts/choice";
import { Export } from "../../parts/Export";
import { List } from "../../parts/List";
import { Empty, Fault } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { Partial } from "../../parts/Partial";
import { SavedViews } from "../../parts/SavedViews";
import type { Swipes } from "../../parts/swipe";
import { type Params, useParamsOfUrl } from "../../parts/url";
import { useActAll } from "./all";
import { columns } from "./columns";
import { type Asking, Dialogs } from "./Dialogs";
import { type Act, useAct } from "./deeds";
import { asked, Filters } from "./Filters";
import css from "./List.module.css";
import type { Row, Verb } from "./model";
import { verbWord } from "./words";

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
      {i18n.t("An incident opens when an alert finds its route. You can open one by hand, too.")}
    </Empty>
  );
}
