/** Small marks that every screen uses: status, times, codes, faults, empty states, cards of facts. */
import { Button, CopyButton, Skeleton, Stack } from "@mantine/core";
import {
  IconBellRinging,
  IconCheck,
  IconCircleCheck,
  IconCircleDashed,
  IconClockPause,
  IconCopy,
  IconEyeOff,
  IconGitMerge,
  IconHourglass,
} from "@tabler/icons-react";
import dayjs from "dayjs";
import relativeTime from "dayjs/plugin/relativeTime";
import { type ReactNode, useSyncExternalStore } from "react";
import type { Problem } from "../api/client";
import { i18n } from "../i18n";
import { statusWord } from "../words";
import css from "./marks.module.css";

dayjs.extend(relativeTime);

const ICONS: Record<string, typeof IconCheck> = {
  triggered: IconBellRinging,
  firing: IconBellRinging,
  acknowledged: IconCircleCheck,
  resolved: IconCheck,
  snoozed: IconClockPause,
  waiting: IconHourglass,
  muted: IconEyeOff,
  suppressed: IconEyeOff,
  merged: IconGitMerge,
  active: IconCircleCheck,
  pending: IconHourglass,
};

/** How a thing stands: an icon and a word, never the severity's colours. `bare` keeps the word for screen readers. */
export function Status({ state, bare = false }: { state: string; bare?: boolean }) {
  const Icon = ICONS[state] ?? IconCircleDashed;
  return (
    <span className={css.status} data-state={state} title={bare ? statusWord(state) : undefined}>
      <Icon size={15} stroke={1.8} aria-hidden="true" />
      <span className={bare ? css.hidden : undefined}>{statusWord(state)}</span>
    </span>
  );
}

const beats = new Set<() => void>();
let beat = Date.now();
setInterval(() => {
  beat = Date.now();
  for (const one of beats) one();
}, 15_000);

/** Now, anew each 15 s. */
export function useNow(): number {
  return useSyncExternalStore(
    (one) => {
      beats.add(one);
      return () => beats.delete(one);
    },
    () => beat,
  );
}

export type Instant = string | null | undefined;

/** `2026-11-24 18:05:10 UTC+1`, in the browser's zone. */
export function exact(at: Instant): string {
  if (!at) return "";
  const offset = -new Date(at).getTimezoneOffset() / 60;
  return `${dayjs(at).format("YYYY-MM-DD HH:mm:ss")} UTC${offset >= 0 ? "+" : ""}${offset}`;
}

/** How long ago (or until), with the exact time on hover. */
export function Ago({ at }: { at: Instant }) {
  const now = useNow();
  if (!at)
    return (
      <span className={css.ago} data-none>
        –
      </span>
    );
  const there = dayjs(at);
  const near = Math.abs(now - there.valueOf()) < 45_000;
  return (
    <time dateTime={at} title={exact(at)} className={css.ago}>
      {near ? i18n.t("just now") : there.from(now)}
    </time>
  );
}

/** Between two instants, short: `4 min`, `3 h 05`. */
export function lapse(from: Instant, to: Instant | number = Date.now()): string {
  if (!from || !to) return "";
  const minutes = Math.max(0, Math.round((dayjs(to).valueOf() - dayjs(from).valueOf()) / 60_000));
  if (minutes < 60) return i18n.t("{minutes} min", { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return i18n.t("{hours} h {rest}", { hours, rest: String(minutes % 60).padStart(2, "0") });
  return i18n.t("{days} days", { days: Math.floor(hours / 24) });
}

/** A code, an id or a line to copy, with the button that copies it. */
export function Copy({ text, label }: { text: string; label?: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="compact-xs"
          onClick={copy}
          leftSection={copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
        >
          {copied ? i18n.t("Copied") : (label ?? i18n.t("Copy"))}
        </Button>
      )}
    </CopyButton>
  );
}

export function Code({ children }: { children: ReactNode }) {
  return <span className={css.code}>{children}</span>;
}

/** What went wrong, what it means, what to do. */
export function Fault({ problem, retry }: { problem: Problem | null | undefined; retry?: () => void }) {
  if (!problem) return null;
  return (
    <div className={css.fault} role="alert">
      <strong>{problem.title}</strong>
      {problem.detail && problem.detail !== problem.title && <div>{problem.detail}</div>}
      {faultsOf(problem).map((one) => (
        <div key={one.pointer + one.message}>
          <Code>{one.pointer}</Code> {one.message}
          {one.hint ? `: ${one.hint}` : ""}
        </div>
      ))}
      {problem.requestId && (
        <small>
          {i18n.t("Request")} <Code>{problem.requestId}</Code>{" "}
        </small>
      )}
      {retry && (
        <Button variant="default" size="compact-xs" onClick={retry}>
          {i18n.t("Try again")}
        </Button>
      )}
    </div>
  );
}

/** What is wrong in which field; what the sentence above says already is not said twice. */
function faultsOf({ errors, detail }: Problem): Problem["errors"] {
  const [only, more] = errors;
  return only && !more && !only.hint && only.message === detail ? [] : errors;
}

/** Nothing here: why, and what to do next. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={css.empty}>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** The shape of what is being read. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap="xs" p="md" aria-busy="true">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={22} />
      ))}
    </Stack>
  );
}

export function Card({ title, children, action }: { title?: ReactNode; children: ReactNode; action?: ReactNode }) {
  return (
    <section className={css.card}>
      {title && (
        <header className={css.cardHead}>
          <h2>{title}</h2>
          {action}
        </header>
      )}
      {children}
    </section>
  );
}

/** Names and values, one a line; empty values are left out. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className={css.facts}>
      {facts
        .filter(([, value]) => value !== "" && value !== false && value !== null && value !== undefined)
        .map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
