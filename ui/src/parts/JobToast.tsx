/** Long work one began with an act on many: a toast that follows it, can cancel it, and says how it ended. */
import { Button, Progress } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { post, send } from "../api/client";
import { refresh, useChange } from "../api/query";
import { i18n } from "../i18n";
import { done, offer, refused } from "./acts";
import { type Answer, reasons } from "./bulk";
import { canUndo, type JobShown, JobState, useJob } from "./Job";
import css from "./Job.module.css";
import toast from "./Toast.module.css";

/** How long the end stays to be read. */
const READ_MS = 10_000;
const TOUCHED = ["/api/v1/alerts", "/api/v1/incidents", "/api/v1/jobs"];

/** Follow the job in a toast. `title` says what is being done; `onEnd` hears how it ended. */
export function underway({ id }: JobShown, title: string, onEnd?: (job: JobShown) => void): void {
  notifications.show({
    id,
    autoClose: false,
    withCloseButton: true,
    message: (
      <Underway
        id={id}
        title={title}
        onEnd={(job) => {
          onEnd?.(job);
          if (canUndo(job)) offer(() => back(id));
          setTimeout(() => notifications.hide(id), READ_MS);
        }}
      />
    ),
  });
}

/** Jobs whose undo is on its way: a toast that goes away can still be pressed. */
const going = new Set<string>();

function back(id: string): void {
  notifications.hide(id);
  if (going.has(id)) return;
  going.add(id);
  undoJob(id)
    .catch(refused)
    .finally(() => going.delete(id));
}

function Underway({ id, title, onEnd }: { id: string; title: string; onEnd: (job: JobShown) => void }) {
  const { data: job } = useJob(id, onEnd, false);
  const cancel = useChange(() => post("/api/v1/jobs/{job_id}/cancel", { path: { job_id: id } } as never));
  const share = job?.total ? (100 * job.done) / job.total : 0;
  return (
    <div className={css.job}>
      <strong>{title}</strong>
      {job && job.state !== "running" ? (
        <span className={css.line}>
          <span>
            {/* "Done" and "100 done" would say one thing twice */}
            {(job.state !== "done" || job.failed > 0) && <JobState state={job.state} />} {outcome(job)}{" "}
            <a href={`/jobs/${id}`}>{i18n.t("See each")}</a>
          </span>
          {canUndo(job) && (
            <Button variant="subtle" size="compact-xs" className={toast.act} onClick={() => back(id)}>
              {i18n.t("Undo")}
            </Button>
          )}
        </span>
      ) : (
        <>
          <Progress value={share} animated size="sm" aria-label={i18n.t("Progress")} />
          <span className={css.line}>
            <span className={css.figures}>
              {job && i18n.t("{done} of {total}", { done: job.done, total: job.total })}
            </span>
            <Button
              variant="default"
              size="compact-xs"
              className={toast.act}
              loading={cancel.isPending}
              onClick={() => cancel.mutate(undefined, { onError: refused })}
            >
              {i18n.t("Cancel")}
            </Button>
          </span>
        </>
      )}
    </div>
  );
}

/** What came of it: how many, how many were refused, how many were not reached any more. */
export function outcome({ done, failed, total, error }: Pick<JobShown, "done" | "failed" | "total" | "error">): string {
  const left = Math.max(0, total - done);
  return [
    i18n.t("{n} done", { n: done - failed }),
    failed ? i18n.t("{n} refused", { n: failed }) : "",
    left ? i18n.t("{n} left alone", { n: left }) : "",
    error,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Undo by ids. Raises the words of what was refused. */
export async function takeBack(path: string, act: string, ids: string[]): Promise<void> {
  try {
    judge((await send<Answer>("POST", path, { body: { act, ids } })).data);
  } finally {
    refresh(...TOUCHED);
  }
}

/** Undo what a job changed; much is a job again. Raises the words of what was refused. */
export async function undoJob(id: string): Promise<void> {
  try {
    const answer = (await post("/api/v1/jobs/{job_id}/undo", { path: { job_id: id } } as never)) as Answer;
    judge(answer);
    if (!("state" in answer)) done(i18n.t("Undone"));
  } finally {
    refresh(...TOUCHED);
  }
}

function judge(answer: Answer): void {
  if ("state" in answer)
    underway(answer, i18n.t("Undo: {n, plural, one {# thing} other {# things}}", { n: answer.total }), () =>
      refresh(...TOUCHED),
    );
  else if (answer.failed) throw reasons(answer);
}
