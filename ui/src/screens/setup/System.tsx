/** How the installation is: what to look at in words first, then figures, backups and long work. */
import { ActionIcon, Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconDownload, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { post, remove, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { refresh, useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { Job, JobState, jobKindWord } from "../../parts/Job";
import { Ago, Card, Code, Empty, Facts, Fault, lapse, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { number } from "../../words";
import { sizeText } from "./facts";
import css from "./setup.module.css";

type Shown = Schemas["SystemShown"];
const BACKUPS = "/api/v1/backups";

export function System() {
  const may = useMay("administer");
  const { data, error, refetch } = useGet("/api/v1/system", { every: 5_000, when: may });
  if (!may)
    return (
      <Page title={i18n.t("System")}>
        <Empty title={i18n.t("For administrators")}>{i18n.t("Ask one of them how the installation is.")}</Empty>
      </Page>
    );
  return (
    <Page title={i18n.t("System")}>
      <Fault problem={error} retry={() => void refetch()} />
      {!data && !error && <Waiting />}
      {data && (
        <div className={css.stack}>
          <Problems system={data} />
          <Figures system={data} />
          <Backups />
          <Jobs />
        </div>
      )}
    </Page>
  );
}

const PLACES: Record<string, string> = { dead_letters_wait: "/dead-letters", commands_quarantined: "/audit" };

function Problems({ system }: { system: Shown }) {
  if (system.problems.length === 0)
    return (
      <p className={css.well} role="status">
        <IconCheck size={18} aria-hidden="true" />
        {i18n.t("All is well. Tocsin {version} has run for {time}.", {
          version: system.version,
          time: lapse(system.started_at, system.at as never),
        })}
      </p>
    );
  return (
    <ul className={css.problems} role="status">
      {system.problems.map((one) => (
        <li key={one.reason}>
          <IconAlertTriangle size={18} aria-hidden="true" />
          <span>{one.text.slice(0, 1).toUpperCase() + one.text.slice(1)}</span>
          {PLACES[one.reason] && <Link to={PLACES[one.reason] as never}>{i18n.t("Look")}</Link>}
        </li>
      ))}
    </ul>
  );
}

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

function Figures({ system }: { system: Shown }) {
  return (
    <div className={css.cards}>
      <Card title={i18n.t("Journal")}>
        <Facts
          facts={[
            [i18n.t("Events"), number(system.journal_seq)],
            [i18n.t("Size"), sizeText(system.journal_bytes)],
            [
              i18n.t("Made durable in"),
              i18n.t("{half}, 99 % within {most}", { half: ms(system.commit_p50_ms), most: ms(system.commit_p99_ms) }),
            ],
            [i18n.t("Snapshot"), system.snapshot_at ? <Ago key="snap" at={system.snapshot_at} /> : i18n.t("none yet")],
            [
              i18n.t("Disk free"),
              system.disk_free === null
                ? ""
                : i18n.t("{free} of {total}", { free: sizeText(system.disk_free), total: sizeText(system.disk_total) }),
            ],
          ]}
        />
      </Card>
      <Card title={i18n.t("Now")}>
        <Facts
          facts={[
            [
              i18n.t("Open incidents"),
              <Link key="i" to="/incidents">
                {number(system.incidents_open)}
              </Link>,
            ],
            [
              i18n.t("Open alerts"),
              <Link key="a" to="/alerts">
                {number(system.alerts_open)}
              </Link>,
            ],
            [
              i18n.t("Dead letters"),
              <Link key="d" to="/dead-letters">
                {number(system.dead_letters_open)}
              </Link>,
            ],
            [i18n.t("Refused keys"), number(system.refused_keys)],
            [i18n.t("Browsers connected"), number(system.live_clients)],
          ]}
        />
      </Card>
      <Card title={i18n.t("Process")}>
        <Facts
          facts={[
            [i18n.t("Version"), <Code key="v">{system.version}</Code>],
            [i18n.t("Started"), <Ago key="s" at={system.started_at} />],
            [
              i18n.t("Queue"),
              i18n.t("{n} of {limit}", { n: number(system.queue_depth), limit: number(system.queue_limit) }),
            ],
            [i18n.t("Timers behind"), ms(system.timer_lateness_ms)],
            [i18n.t("Next timer"), system.timer_due_at && <Ago at={system.timer_due_at} />],
            [i18n.t("Stopped by a defect"), number(system.quarantined)],
          ]}
        />
      </Card>
    </div>
  );
}

function Backups() {
  const [job, setJob] = useState("");
  const [leaving, setLeaving] = useState("");
  const { data, error } = useGet(BACKUPS);
  const make = useChange(() => post(BACKUPS, {} as never) as unknown as Promise<Schemas["JobShown"]>, "/api/v1/jobs");
  const drop = useChange((name: string) => remove(`${BACKUPS}/{name}`, { path: { name } }), BACKUPS);
  const action = (
    <Button
      loading={make.isPending}
      onClick={() => make.mutate(undefined, { onSuccess: (begun) => setJob(begun.id), onError: refused })}
    >
      {i18n.t("Back up now")}
    </Button>
  );
  return (
    <Card title={i18n.t("Backups")} action={action}>
      {job && <Job id={job} onEnd={() => refresh(BACKUPS, "/api/v1/jobs")} />}
      <Fault problem={error} />
      {data?.items.length === 0 && !job && (
        <p className={css.hint}>
          {i18n.t("No copy yet. A backup is made while everything goes on; keep it on another machine.")}
        </p>
      )}
      <ul className={css.rows}>
        {data?.items.map((one) => (
          <li key={one.name} className={css.backup}>
            <Code>{one.name}</Code>
            <small>
              {sizeText(one.size)} · <Ago at={one.at} />
            </small>
            <span>
              <ActionIcon
                component="a"
                href={one.url}
                download
                variant="default"
                size={32}
                aria-label={i18n.t("Download {name}", { name: one.name })}
              >
                <IconDownload size={15} />
              </ActionIcon>{" "}
              <ActionIcon
                variant="default"
                size={32}
                aria-label={i18n.t("Remove {name}", { name: one.name })}
                onClick={() => setLeaving(one.name)}
              >
                <IconTrash size={15} />
              </ActionIcon>
            </span>
          </li>
        ))}
      </ul>
      <Sure
        opened={leaving !== ""}
        title={i18n.t("Remove this backup?")}
        verb={i18n.t("Remove")}
        onNo={() => setLeaving("")}
        onYes={() => {
          drop.mutate(leaving, { onSuccess: () => done(i18n.t("Backup removed")), onError: refused });
          setLeaving("");
        }}
      >
        <Code>{leaving}</Code>
      </Sure>
    </Card>
  );
}

function Jobs() {
  const { data } = useGet("/api/v1/jobs", { every: 5_000 });
  const { data: people } = useGet("/api/v1/users", { query: { limit: 500 } });
  if (!data || data.items.length === 0) return null;
  return (
    <Card title={i18n.t("Long work")}>
      <ul className={css.rows}>
        {data.items.slice(0, 20).map((one) => (
          <li key={one.id} className={css.backup}>
            <Link to={`/jobs/${one.id}` as never}>{jobKindWord(one.kind)}</Link>
            <small>
              {people?.items.find((person) => person.id === one.by)?.spec.name ?? one.by} · <Ago at={one.started_at} />
            </small>
            <JobState state={one.state} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
