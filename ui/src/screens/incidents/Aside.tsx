/** Beside the timeline: who was called and whether they can be reached, the alerts, the runbook, and why it is here. */
import { Anchor, Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../api/me";
import { i18n } from "../../i18n";
import { isLink } from "../../parts/link";
import { Ago, Card, Copy, Facts } from "../../parts/marks";
import { Avatar } from "../../parts/Person";
import { Severity } from "../../parts/Severity";
import { PageState } from "../../parts/Timeline";
import { Why } from "../../parts/Why";
import { channelWord, number } from "../../words";
import css from "./Detail.module.css";
import type { Shown } from "./model";

const ALERTS_FIRST = 8;

function Responders({ row, page }: { row: Shown; page: () => void }) {
  const may = useMay("respond") && row.status !== "resolved";
  return (
    <Card
      title={i18n.t("Responders")}
      action={
        may && (
          <Button size="compact-xs" variant="subtle" onClick={page}>
            {i18n.t("Page helper")}
          </Button>
        )
      }
    >
      {row.responders.length === 0 && <div className={css.dim}>{i18n.t("Nobody was called yet.")}</div>}
      {row.responders.map((one) => (
        <div key={one.user} className={css.responder}>
          <Avatar user={one.user} name={one.name} size={24} />
          <div>
            <div className={css.line}>
              <Link to={`/people/${one.user}` as never}>{one.name}</Link>
              {one.user === row.acknowledged_by && row.status === "acknowledged" && (
                <span className={css.tag}>{i18n.t("has it")}</span>
              )}
              {one.is_helper && <span className={css.tag}>{i18n.t("helps")}</span>}
            </div>
            <div className={css.dim}>
              {channelWord(one.channel)} · <PageState state={one.state} detail={one.detail} /> · <Ago at={one.at} />
            </div>
            {!one.is_reachable && (
              <div className={css.warn}>{i18n.t("Has no verified contact: only the mailbox reaches them.")}</div>
            )}
          </div>
        </div>
      ))}
    </Card>
  );
}

function Alerts({ row }: { row: Shown }) {
  const [all, setAll] = useState(false);
  const sorted = [...row.alerts].sort((a, b) => Number(Boolean(a.ended_at)) - Number(Boolean(b.ended_at)));
  const shown = all ? sorted : sorted.slice(0, ALERTS_FIRST);
  return (
    <Card
      title={
        row.alert_count
          ? i18n.t("Alerts: {open} of {n} open", { open: number(row.alert_open_count), n: number(row.alert_count) })
          : i18n.t("Alerts")
      }
      action={
        row.alert_count > 0 && (
          <Link className={css.small} to="/alerts" search={{ incident: row.id, status: "all" } as never}>
            {i18n.t("In the feed")}
          </Link>
        )
      }
    >
      {row.alerts.length === 0 && <div className={css.dim}>{i18n.t("It was opened by hand and holds no alert.")}</div>}
      {shown.map((one) => (
        <div key={one.alert} className={css.alert} data-over={one.ended_at ? true : undefined}>
          <Severity level={one.ended_at ? "ok" : one.severity} bare />
          <Link to={`/alerts/${one.alert}` as never}>{one.title}</Link>
          {one.count > 1 && <span className={css.count}>×{one.count}</span>}
          {one.rule && (
            <span className={css.tag} title={one.rule}>
              {one.rule.startsWith("silence:") ? i18n.t("silenced") : one.rule}
            </span>
          )}
        </div>
      ))}
      {row.alerts.length > ALERTS_FIRST && (
        <Button size="compact-xs" variant="subtle" onClick={() => setAll(!all)}>
          {all
            ? i18n.t("Fewer")
            : row.alerts.length < row.alert_count
              ? i18n.t("The first {n}", { n: number(row.alerts.length) })
              : i18n.t("All {n}", { n: row.alerts.length })}
        </Button>
      )}
    </Card>
  );
}

function Runbook({ row }: { row: Shown }) {
  if (!row.runbook && !row.description && !row.details) return null;
  return (
    <Card title={i18n.t("What to know")}>
      {row.runbook && !isLink(row.runbook) && <p className={css.details}>{row.runbook}</p>}
      {isLink(row.runbook) && (
        <Anchor href={row.runbook} target="_blank" rel="noreferrer noopener" className={css.runbook}>
          {i18n.t("Open the runbook")} <IconExternalLink size={14} aria-hidden="true" />
        </Anchor>
      )}
      {(row.description || row.details) && <p className={css.details}>{row.description || row.details}</p>}
    </Card>
  );
}

export function Aside({ row, page }: { row: Shown; page: () => void }) {
  const administers = useMay("administer");
  const labels = Object.entries(row.group_labels);
  return (
    <>
      <Runbook row={row} />
      <Responders row={row} page={page} />
      <Alerts row={row} />
      <Card
        title={i18n.t("Why it is here")}
        action={
          administers && (
            <Link className={css.small} to="/audit" search={{ subject: row.id } as never}>
              {i18n.t("Audit")}
            </Link>
          )
        }
      >
        <Why about={row.id} />
      </Card>
      <Card title={i18n.t("Facts")}>
        <Facts
          facts={[
            [i18n.t("Ladder"), row.ladder && <Link to={`/ladders/${row.ladder}` as never}>{row.ladder_name}</Link>],
            [i18n.t("Route"), row.route && <Link to="/routes">{row.route}</Link>],
            [i18n.t("Group"), labels.map(([name, value]) => `${name}=${value}`).join(", ")],
            [i18n.t("Urgency"), row.urgency === "high" ? i18n.t("high: calls") : i18n.t("low: no calls")],
            [
              i18n.t("Reopened"),
              row.reopened ? i18n.t("{n, plural, one {once} other {# times}}", { n: row.reopened }) : "",
            ],
            [i18n.t("Link"), <Copy key="link" text={`${location.origin}/incidents/${row.id}`} label={row.id} />],
          ]}
        />
      </Card>
    </>
  );
}
