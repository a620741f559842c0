/** Long work: how far it is, how long it takes, cancel, and what came out. */
import { Button, Group, Progress } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconCheck, IconDownload, IconLoader2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { post, type Schemas } from "../api/client";
import { useChange, useGet } from "../api/query";
import { i18n } from "../i18n";
import { refused } from "./acts";
import css from "./Job.module.css";
import { Fault } from "./marks";

export type JobShown = Schemas["JobShown"];

const ICONS: Record<string, typeof IconCheck> = {
  running: IconLoader2,
  done: IconCheck,
  failed: IconAlertTriangle,
  cancelled: IconBan,
};

export function jobStateWord(state: string): string {
  switch (state) {
    case "running":
      return i18n.t("Running");
    case "done":
      return i18n.t("Done");
    case "failed":
      return i18n.t("Failed");
    case "cancelled":
      return i18n.t("Cancelled");
    default:
      return state;
  }
}

export function jobKindWord(kind: string): string {
  switch (kind) {
    case "backup":
      return i18n.t("Backup");
    case "config_apply":
      return i18n.t("Apply the configuration");
    case "alerts_resolve":
      return i18n.t("Resolve alerts");
    case "incidents_acknowledge":
      return i18n.t("Acknowledge incidents");
    case "incidents_unacknowledge":
      return i18n.t("Give incidents back");
    case "incidents_resolve":
      return i18n.t("Resolve incidents");
    case "alerts_reopen":
      return i18n.t("Reopen alerts");
    case "alerts_undo":
      return i18n.t("Undo for alerts");
    case "incidents_undo":
      return i18n.t("Undo for incidents");
    case "incidents_unsnooze":
      return i18n.t("End the snooze of incidents");
    case "incidents_reopen":
      return i18n.t("Reopen incidents");
    case "incidents_escalate":
      return i18n.t("Escalate incidents");
    case "incidents_snooze":
      return i18n.t("Snooze incidents");
    case "incidents_reassign":
      return i18n.t("Reassign incidents");
    case "incidents_priority":
      return i18n.t("Set the priority of incidents");
    case "incidents_merge":
      return i18n.t("Merge incidents");
    default:
      return kind.startsWith("export_") ? exportWord(kind.slice(7)) : kind.replaceAll("_", " ");
  }
}

function exportWord(what: string): string {
  switch (what) {
    case "alerts":
      return i18n.t("Export of alerts");
    case "incidents":
      return i18n.t("Export of incidents");
    case "messages":
      return i18n.t("Export of messages");
    case "audit":
      return i18n.t("Export of the audit");
    case "ledger":
      return i18n.t("Export of the ledger");
    case "services":
      return i18n.t("Export of services");
    case "teams":
      return i18n.t("Export of teams");
    case "schedules":
      return i18n.t("Export of schedules");
    case "ladders":
      return i18n.t("Export of ladders");
    case "people":
      return i18n.t("Export of people");
    default:
      return i18n.t("Export");
  }
}

/** Whether what the job changed can be undone now. */
export function canUndo({ state, undo_until }: JobShown, now = Date.now()): boolean {
  return state !== "running" && undo_until !== null && now <= Date.parse(undo_until);
}

export function JobState({ state }: { state: string }) {
  const Icon = ICONS[state] ?? IconLoader2;
  return (
    <span className={css.state} data-state={state}>
      <Icon size={15} stroke={1.8} aria-hidden="true" />
      {jobStateWord(state)}
    </span>
  );
}

/** Follow a job until it ends, with its single results unless `items` is false. `onEnd` hears it once. */
export function useJob(id: string, onEnd?: (job: JobShown) => void, items = true) {
  const [isOver, setOver] = useState(false);
  const asked = useGet("/api/v1/jobs/{job_id}", {
    path: { job_id: id },
    query: items ? {} : { items },
    every: isOver ? undefined : 700,
    staleTime: 0,
    when: id !== "",
  });
  const { data } = asked;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the parent's function may be new at each drawing
  useEffect(() => {
    const over = data !== undefined && data.state !== "running";
    setOver(over);
    if (over) onEnd?.(data);
  }, [data?.state, data?.id]);
  return asked;
}

type Followed = { id: string; onEnd?: (job: JobShown) => void; items?: boolean; isOwnPage?: boolean };

/** A job in small: a bar, figures, cancel, the result. On its own page it does not lead to itself. */
export function Job({ id, onEnd, items = true, isOwnPage = false }: Followed) {
  const { data: job, error } = useJob(id, onEnd);
  const cancel = useChange(
    () => post("/api/v1/jobs/{job_id}/cancel", { path: { job_id: id } } as never),
    "/api/v1/jobs",
  );
  if (error) return <Fault problem={error} />;
  if (!job) return <Progress value={100} animated aria-label={i18n.t("Progress")} />;
  const share = job.total ? Math.min(100, (100 * job.done) / job.total) : 100;
  const isRunning = job.state === "running";
  return (
    <div className={css.job}>
      <Group justify="space-between">
        <span>
          <JobState state={job.state} />{" "}
          {!isOwnPage && <Link to={`/jobs/${job.id}` as never}>{jobKindWord(job.kind)}</Link>}
        </span>
        <Group gap="xs">
          {isRunning && (
            <Button
              variant="default"
              loading={cancel.isPending}
              onClick={() => cancel.mutate(undefined, { onError: refused })}
            >
              {i18n.t("Cancel")}
            </Button>
          )}
          {job.result_url && job.state === "done" && (
            <Button component="a" href={job.result_url} download leftSection={<IconDownload size={14} />}>
              {i18n.t("Download")}
            </Button>
          )}
        </Group>
      </Group>
      {isRunning && <Progress value={share} animated={!job.total} aria-label={i18n.t("Progress")} size="sm" />}
      <Figures job={job} />
      {job.error && (
        <p className={css.error} role="alert">
          {job.error}
        </p>
      )}
      {items && <Items job={job} />}
    </div>
  );
}

function Figures({ job }: { job: JobShown }) {
  const percent = job.total ? `${Math.floor((100 * job.done) / job.total)} %` : i18n.t("{n} so far", { n: job.done });
  const eta =
    job.state === "running" && job.eta_s !== null ? i18n.t("about {n} s to go", { n: Math.ceil(job.eta_s) }) : "";
  return <div className={css.figures}>{[percent, eta].filter(Boolean).join(" · ")}</div>;
}

/** What a step of a configuration did. */
export function actWord(act: string): string {
  switch (act) {
    case "create":
      return i18n.t("create");
    case "change":
      return i18n.t("change");
    case "delete":
      return i18n.t("remove");
    default:
      return act;
  }
}

/** What became of a thing; of a step of a configuration its act, and after it the key that was made. */
function detailWord(kind: string, one: JobShown["items"][number]): string {
  if (kind !== "config_apply" || !one.ok) return one.detail || one.reason;
  const [act = "", ...made] = one.detail.split(": ");
  return [actWord(act), ...made].join(": ");
}

/** Where a thing a job worked on is shown. */
function placeOf(id: string): string {
  if (/^INC-\d+$/.test(id)) return `/incidents/${id}`;
  return /^ALT-\d+$/.test(id) ? `/alerts/${id}` : "";
}

function Items({ job }: { job: JobShown }) {
  if (job.items.length === 0) return null;
  return (
    <ul className={css.items}>
      {job.items.map((one) => (
        <li key={one.id} data-ok={one.ok}>
          {one.ok ? (
            <IconCheck size={14} aria-label={i18n.t("Done")} />
          ) : (
            <IconAlertTriangle size={14} aria-label={i18n.t("Failed")} />
          )}
          <span>{placeOf(one.id) ? <Link to={placeOf(one.id) as never}>{one.id}</Link> : one.id}</span>
          <small>{detailWord(job.kind, one)}</small>
        </li>
      ))}
    </ul>
  );
}
