/** The head of an incident: how bad, how it stands, whose it is, and what happens next if nobody answers. */
import { Button, Menu, TextInput } from "@mantine/core";
import { IconChevronDown, IconPencil, IconPhoneCall, IconSpeakerphone } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import dayjs from "dayjs";
import { useEffect, useState } from "react";
import { post } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { Ago, exact, lapse, Status, useNow } from "../../parts/marks";
import { People } from "../../parts/Person";
import { Severity } from "../../parts/Severity";
import { statusWord } from "../../words";
import css from "./Detail.module.css";
import type { Shown } from "./model";
import { howWord } from "./words";

export const PRIORITIES = ["P1", "P2", "P3", "P4", "P5"];

/** Triggered → acknowledged → resolved, with when and by whom. */
function Stepper({ row }: { row: Shown }) {
  const steps = [
    { name: "triggered", at: row.triggered_at ?? row.opened_at, by: row.opened_by_name },
    { name: "acknowledged", at: row.acknowledged_at, by: row.acknowledged_by_name },
    { name: "resolved", at: row.resolved_at, by: row.how === "manual" ? row.resolved_by_name : howWord(row.how) },
  ];
  const now = steps.findIndex((step) => step.name === row.status);
  return (
    <ol className={css.steps} aria-label={i18n.t("How it stands")}>
      {steps.map((step, index) => {
        const reached = index < now ? Boolean(step.at) : index === now;
        return (
          <li
            key={step.name}
            data-reached={reached || undefined}
            data-now={index === now || undefined}
            aria-current={index === now ? "step" : undefined}
          >
            <b>{statusWord(step.name)}</b>
            <span title={exact(reached ? step.at : null)}>
              {reached && step.at ? dayjs(step.at).format("HH:mm") : "–"}
              {reached && step.by && <i> · {step.by}</i>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** A second hand for what counts down. */
function useSeconds(on: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [on]);
  return now;
}

function Next({ row }: { row: Shown }) {
  const now = useSeconds(Boolean(row.next_rung_at));
  if (row.state === "snoozed")
    return (
      <span className={css.next}>
        {i18n.t("Asleep until {at}", { at: dayjs(row.snoozed_until).format("ddd HH:mm") })}
      </span>
    );
  if (row.status === "acknowledged" && row.acknowledged_until)
    return (
      <span className={css.next} title={exact(row.acknowledged_until)}>
        {i18n.t("Calls again at {at}", { at: dayjs(row.acknowledged_until).format("ddd HH:mm") })}
      </span>
    );
  if (!row.next_rung_at || row.status !== "triggered") return null;
  const left = Math.max(0, Math.round((dayjs(row.next_rung_at).valueOf() - now) / 1_000));
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return (
    <span className={css.next} data-soon={left < 60 || undefined} title={exact(row.next_rung_at)}>
      <IconPhoneCall size={15} aria-hidden="true" />
      {left > 0 ? i18n.t("Next rung is called in {clock}", { clock }) : i18n.t("The next rung is being called")}
    </span>
  );
}

function StatusText({ row }: { row: Shown }) {
  const may = useMay("respond");
  const [text, setText] = useState<string | null>(null);
  const say = useChange(
    (words: string) =>
      post("/api/v1/incidents/{incident_id}/status", { path: { incident_id: row.id }, body: { text: words } }),
    "/api/v1/incidents",
  );
  const save = () => {
    const before = row.status_text;
    say.mutate((text ?? "").trim(), {
      onSuccess: () => {
        setText(null);
        done(i18n.t("Said, for everybody to see."), () => say.mutateAsync(before));
      },
      onError: refused,
    });
  };
  if (text !== null)
    return (
      <form
        className={css.saying}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextInput
          autoFocus
          flex={1}
          aria-label={i18n.t("How it stands, in one sentence")}
          placeholder={i18n.t("How it stands, in one sentence")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && !event.nativeEvent.isComposing && setText(null)}
        />
        <Button type="submit" size="sm" loading={say.isPending}>
          {i18n.t("Say it")}
        </Button>
      </form>
    );
  if (!row.status_text && (!may || row.status === "resolved")) return null;
  return (
    <div className={css.saying}>
      <IconSpeakerphone size={16} aria-hidden="true" />
      {row.status_text ? (
        <span className={css.stands}>
          {row.status_text}{" "}
          <small>
            {row.status_by_name} <Ago at={row.status_at} />
          </small>
        </span>
      ) : (
        <span className={css.unsaid}>{i18n.t("Nobody has said how it stands")}</span>
      )}
      {may && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPencil size={13} />}
          onClick={() => setText(row.status_text)}
        >
          {row.status_text ? i18n.t("Change") : i18n.t("Say how it stands")}
        </Button>
      )}
    </div>
  );
}

export function Head({ row, setPriority }: { row: Shown; setPriority: (priority: string) => void }) {
  const may = useMay("respond");
  const now = useNow();
  const isOpen = row.status !== "resolved";
  return (
    <div className={css.head}>
      <div className={css.marks}>
        <Severity level={row.severity} />
        <Menu width={120} disabled={!may || !isOpen}>
          <Menu.Target>
            <Button
              size="compact-xs"
              variant="default"
              disabled={!may || !isOpen}
              rightSection={<IconChevronDown size={12} />}
              aria-label={i18n.t("Priority {priority}", { priority: row.priority })}
            >
              {row.priority}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {PRIORITIES.map((one) => (
              <Menu.Item key={one} disabled={one === row.priority} onClick={() => setPriority(one)}>
                {one}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        {row.state !== row.status && <Status state={row.state} />}
        {row.merged_into && <Link to={`/incidents/${row.merged_into}` as never}>{row.merged_into}</Link>}
        {row.service && <Link to={`/services/${row.service}` as never}>{row.service_name}</Link>}
        {row.team && <Link to={`/teams/${row.team}` as never}>{row.team_name}</Link>}
        {isOpen && <People people={row.assignees} />}
        <span className={css.dim}>
          {isOpen
            ? i18n.t("open for {span}", { span: lapse(row.opened_at, now) })
            : i18n.t("was open for {span}", { span: lapse(row.opened_at, row.resolved_at) })}
        </span>
        <Next row={row} />
      </div>
      <Stepper row={row} />
      <StatusText row={row} />
    </div>
  );
}
