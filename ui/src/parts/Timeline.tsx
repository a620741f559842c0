/** One timeline of what happened: alerts, pages with what became of them, acts, notes and what people said. */
import { Button } from "@mantine/core";
import {
  IconAlertCircle,
  type IconBell,
  IconBolt,
  IconClock,
  IconFlag,
  IconNote,
  IconPhoneCall,
  IconSend,
  IconSpeakerphone,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import dayjs from "dayjs";
import { Fragment, type ReactNode, useState } from "react";
import { post, type Schemas } from "../api/client";
import { useChange } from "../api/query";
import { i18n } from "../i18n";
import { channelWord, number } from "../words";
import { done, refused } from "./acts";
import { exact } from "./marks";
import { Avatar } from "./Person";
import { Reason } from "./Reason";
import { SaidText } from "./SaidText";
import { Severity } from "./Severity";
import css from "./Timeline.module.css";
import { alertCount, fold, type Told, withNobody } from "./timeline";

export type Entry = Schemas["timeline_Entry"];
type PageInLine = Schemas["PageInLine"];

const ICONS: Record<string, typeof IconBell> = {
  opened: IconFlag,
  alert: IconAlertCircle,
  page: IconSend,
  escalation: IconPhoneCall,
  act: IconBolt,
  note: IconNote,
  status: IconSpeakerphone,
};

/** Entries oldest first, a line for each day; a flood of alike alerts is one line that opens. `me` is drawn apart. */
export function Timeline({ entries, me = "" }: { entries: Entry[]; me?: string }) {
  let day = "";
  return (
    <ol className={css.timeline}>
      {fold(entries).map((told) => {
        const today = dayjs(told.at).format("YYYY-MM-DD");
        const isNew = today !== day;
        day = today;
        return (
          <Fragment key={told.key}>
            {isNew && (
              <li className={css.day}>
                {dayjs(told.at).format(i18n.locale === "zh" ? "M月D日 dddd" : "dddd, D MMMM")}
              </li>
            )}
            <Line told={told} me={me} />
          </Fragment>
        );
      })}
    </ol>
  );
}

function Line({ told, me }: { told: Told; me: string }) {
  if ("many" in told) return <Many entries={told.many} />;
  const { entry } = told;
  if (entry.kind === "message") return <Said entry={entry} isOwn={entry.user === me} />;
  const icon = entry.kind === "alert" ? undefined : entry.kind;
  return (
    <Row at={entry.at} kind={entry.kind} type={entry.type} icon={icon}>
      {entry.page ? <PageWords page={entry.page} /> : <Words entry={entry} />}
    </Row>
  );
}

/** A line of the timeline: its time, its mark, its words. */
export function Row({
  at,
  kind,
  type,
  icon,
  children,
}: {
  at: string;
  kind: string;
  type?: string;
  icon?: string;
  children: ReactNode;
}) {
  const Icon = ICONS[icon ?? kind] ?? IconClock;
  return (
    <li className={css.row} data-kind={kind} data-type={type}>
      <time dateTime={at} title={exact(at)} className={css.time}>
        <Clock at={at} />
      </time>
      <span className={css.icon}>
        <Icon size={15} stroke={1.7} aria-hidden="true" />
      </span>
      <div className={css.words}>{children}</div>
    </li>
  );
}

/** The seconds fall away on a phone. */
function Clock({ at }: { at: string }) {
  return (
    <>
      {dayjs(at).format("HH:mm")}
      <span className={css.seconds}>{dayjs(at).format(":ss")}</span>
    </>
  );
}

function Words({ entry }: { entry: Entry }) {
  if (entry.kind === "note" || entry.kind === "status")
    return (
      <>
        <div className={css.who}>
          <b>{entry.name || entry.actor}</b> {entry.kind === "note" ? i18n.t("noted") : i18n.t("says how it stands")}
        </div>
        <div className={css.note}>{entry.body ? <SaidText text={entry.body} /> : <i>{i18n.t("taken back")}</i>}</div>
      </>
    );
  const text = withNobody(entry.text.slice(0, 1).toUpperCase() + entry.text.slice(1), i18n.t("nobody"));
  return (
    <>
      {entry.severity && entry.kind === "alert" && <Severity level={entry.severity} bare />}{" "}
      {entry.alert ? <Link to={`/alerts/${entry.alert}` as never}>{text}</Link> : <SaidText text={text} />}
      {entry.name && !entry.text.includes(entry.name) && <span className={css.by}> · {entry.name}</span>}
    </>
  );
}

function Said({ entry, isOwn }: { entry: Entry; isOwn: boolean }) {
  return (
    <li className={css.said} data-own={isOwn || undefined}>
      <time dateTime={entry.at} title={exact(entry.at)} className={css.time}>
        <Clock at={entry.at} />
      </time>
      <Avatar user={entry.user} name={entry.name || entry.actor} />
      <div className={css.words}>
        <b className={css.name}>{entry.name || entry.actor}</b>
        <div className={css.text}>
          <SaidText text={entry.body} me={isOwn ? "" : undefined} />
        </div>
      </div>
    </li>
  );
}

function Many({ entries }: { entries: Entry[] }) {
  const [opened, setOpened] = useState(false);
  const first = entries[0];
  if (!first) return null;
  const count = alertCount(entries);
  return (
    <>
      <Row at={first.at} kind="alert">
        <button type="button" className={css.many} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          {first.type === "AlertEnded"
            ? i18n.t("{n} alerts ended", { n: number(count) })
            : first.type === "AlertsJoined"
              ? i18n.t("{n} alerts joined", { n: number(count) })
              : first.type === "AlertReturned"
                ? i18n.t("{n} alerts fire again", { n: number(count) })
                : i18n.t("{n} entries about alerts", { n: number(count) })}{" "}
          {opened ? "▾" : "▸"}
        </button>
      </Row>
      {opened &&
        entries.map((entry) =>
          entry.alert_count > 1 ? (
            <Joined key={entry.seq} entry={entry} />
          ) : (
            <Line key={entry.seq} told={{ key: `${entry.seq}`, at: entry.at, entry }} me="" />
          ),
        )}
    </>
  );
}

/** The alerts that joined at once: the first of them by name. */
function Joined({ entry }: { entry: Entry }) {
  const rest = entry.alert_count - entry.alerts.length;
  return (
    <>
      {entry.alerts.map((alert) => (
        <Row key={alert.id} at={entry.at} kind="alert">
          <Severity level={alert.severity} bare />{" "}
          <Link to={`/alerts/${alert.id}` as never}>
            {alert.id} {alert.title}
          </Link>
        </Row>
      ))}
      {rest > 0 && (
        <Row at={entry.at} kind="alert">
          {i18n.t("and {n} more", { n: number(rest) })}
        </Row>
      )}
    </>
  );
}

/** What became of a page, as an icon and a word. */
export function pageWord(state: string): string {
  switch (state) {
    case "planned":
      return i18n.t("planned");
    case "held":
      return i18n.t("waits");
    case "due":
    case "sending":
      return i18n.t("on its way");
    case "delivered":
      return i18n.t("delivered");
    case "failed":
      return i18n.t("failed, is tried again");
    case "given_up":
      return i18n.t("not delivered");
    case "cancelled":
      return i18n.t("not needed any more");
    case "bundled":
      return i18n.t("in a digest");
    default:
      return state;
  }
}

const PAGE_SIGNS: Record<string, string> = {
  delivered: "✓",
  failed: "↻",
  given_up: "✕",
  cancelled: "–",
  bundled: "≡",
};

export function PageState({ state, detail }: { state: string; detail?: string }) {
  return (
    <span className={css.fate} data-state={state} title={detail || undefined}>
      <i aria-hidden="true">{PAGE_SIGNS[state] ?? "…"}</i> {pageWord(state)}
    </span>
  );
}

function PageWords({ page }: { page: PageInLine }) {
  const failed = page.state === "failed" || page.state === "given_up";
  const again = useChange(
    () => post("/api/v1/messages/{message_id}/retry", { path: { message_id: page.id } } as never),
    "/api/v1/incidents",
    "/api/v1/messages",
  );
  return (
    <>
      <span className={css.paged}>
        <Link to={`/messages/${page.id}` as never}>
          {page.is_helper
            ? i18n.t("Call for help to {name}", { name: page.name })
            : i18n.t("Page to {name}", { name: page.name })}
        </Link>{" "}
        <span className={css.by}>
          {channelWord(page.channel)}
          {!page.is_helper && ` · ${i18n.t("rung {n}", { n: page.rung })}`}
          {page.attempt > 1 && ` · ${i18n.t("attempt {n}", { n: page.attempt })}`}
        </span>{" "}
        <PageState state={page.state} />
        {failed && (
          <Button
            size="compact-xs"
            variant="default"
            loading={again.isPending}
            onClick={() => again.mutate(undefined, { onSuccess: () => done(i18n.t("Sent again.")), onError: refused })}
          >
            {i18n.t("Send again")}
          </Button>
        )}
      </span>
      {failed && <Reason words={page.detail} mend={page.mend} said={page.said} />}
    </>
  );
}
