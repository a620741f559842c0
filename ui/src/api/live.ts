/**
 * The live feed: one EventSource a browser (the tab that holds the lock reads, the others listen), each event making what
 * it touched stale. Law: data is never shown as fresh when the feed is down; `useLive()` says since when.
 */
import { useSyncExternalStore } from "react";
import { refresh } from "./query";

export type Told = {
  seq: number;
  at: string;
  type: string;
  room: string;
  subject: string;
  actor: string;
  facts: Record<string, unknown>;
};
export type LiveState = { phase: "connecting" | "live" | "reconnecting" | "stale"; since: number };

const TOUCHED: Record<string, string[]> = {
  people: ["/api/v1/me", "/api/v1/users", "/api/v1/teams", "/api/v1/keys", "/api/v1/views"],
  calendars: ["/api/v1/calendars"],
  items: ["/api/v1/services"],
  oncall: ["/api/v1/schedules", "/api/v1/oncall", "/api/v1/ladders", "/api/v1/me"],
  intake: ["/api/v1/sources", "/api/v1/dead-letters"],
  alerts: ["/api/v1/alerts", "/api/v1/silences", "/api/v1/ledger", "/api/v1/sources"],
  incidents: ["/api/v1/incidents", "/api/v1/routes", "/api/v1/alerts"],
  notify: ["/api/v1/incidents", "/api/v1/messages", "/api/v1/ledger", "/api/v1/users", "/api/v1/pages"],
};
/** At most one reading a second for each path, however many events come. */
const BREATH_MS = 1_000;
/** The server pings each 15 s: two missed and a rest mean that nobody is there. */
const SILENCE_MS = 40_000;
/** How long "reconnecting" may last before what is shown is called stale. */
const PATIENCE_MS = 5_000;

let state: LiveState = { phase: "connecting", since: Date.now() };
let heard = Date.now();
/** The event heard last; at first that up to which the page was made: what comes between page and feed is told, too. */
let seq = Number(document.documentElement.dataset.seq ?? Number.NaN);
const watchers = new Set<() => void>();
const listeners = new Set<(told: Told) => void>();
const due = new Map<string, number>();
let timer: ReturnType<typeof setTimeout> | undefined;

function become(phase: LiveState["phase"], since = Date.now()): void {
  if (state.phase === phase) return;
  if (phase === "live" && state.phase !== "connecting") refresh("/api/");
  state = { phase, since };
  for (const watcher of watchers) watcher();
}

function flush(): void {
  timer = undefined;
  const now = Date.now();
  for (const [path, at] of due)
    if (at <= now) {
      due.delete(path);
      last.set(path, now);
      refresh(path);
    }
  if (due.size) timer = setTimeout(flush, Math.max(20, Math.min(...due.values()) - now));
}

const last = new Map<string, number>();

function touch(room: string): void {
  for (const path of TOUCHED[room] ?? []) {
    if (due.has(path)) continue;
    due.set(path, Math.max(Date.now(), (last.get(path) ?? 0) + BREATH_MS));
  }
  if (timer === undefined && due.size) timer = setTimeout(flush, 20);
}

type Word =
  | { kind: "told"; told: Told }
  | { kind: "ping" }
  | { kind: "phase"; phase: LiveState["phase"]; since: number }
  | { kind: "reset" }
  | { kind: "hello" };

function take(word: Word): void {
  if (word.kind === "phase") {
    if (word.phase === "live") heard = Date.now();
    const isStale = state.phase === "stale" && word.phase === "reconnecting"; // and stays so until somebody answers
    if (!isStale) become(word.phase, word.since);
  } else if (word.kind === "ping") {
    heard = Date.now();
    become("live");
  } else if (word.kind === "reset") refresh("/api/");
  else if (word.kind === "told") {
    heard = Date.now();
    seq = word.told.seq;
    touch(word.told.room);
    for (const listener of listeners) listener(word.told);
  }
}

function read(say: (word: Word) => void): () => void {
  const source = new EventSource(Number.isNaN(seq) ? "/api/v1/live" : `/api/v1/live?after=${seq}`);
  source.onopen = () => say({ kind: "ping" });
  source.onerror = () => {
    say({ kind: "phase", phase: "reconnecting", since: Date.now() });
    if (source.readyState !== EventSource.CLOSED) return;
    refresh("/api/v1/me"); // refused rather than broken off: the session may have ended
    setTimeout(() => restart(), 3_000);
  };
  source.onmessage = (message) => say({ kind: "told", told: JSON.parse(message.data) as Told });
  source.addEventListener("ping", () => say({ kind: "ping" }));
  source.addEventListener("reset", () => say({ kind: "reset" }));
  return () => source.close();
}

let stop: () => void = () => undefined;
let restart: () => void = () => undefined;

/** Begin to follow. Called once, by main. */
export function follow(): void {
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("tocsin.live");
  const say = (word: Word) => {
    take(word);
    channel?.postMessage(word);
  };
  restart = () => {
    stop();
    stop = read(say);
  };
  const lead = () => {
    if (channel)
      channel.onmessage = ({ data }) => {
        if ((data as Word).kind === "hello") channel.postMessage({ kind: "phase", ...state } satisfies Word);
      };
    restart();
  };
  if (channel && navigator.locks) {
    channel.onmessage = ({ data }) => take(data as Word);
    channel.postMessage({ kind: "hello" } satisfies Word);
    void navigator.locks.request("tocsin.live", () => {
      lead();
      return new Promise<never>(() => undefined);
    });
  } else lead();
  setInterval(judge, 1_000);
  window.addEventListener("offline", () => become("stale", heard));
  window.addEventListener("online", () => restart());
}

function judge(): void {
  const now = Date.now();
  if (state.phase === "live" && now - heard > SILENCE_MS) become("reconnecting");
  if (state.phase === "reconnecting" && now - state.since > PATIENCE_MS) become("stale", heard);
}

/** Whether what is shown is fresh. */
export function useLive(): LiveState {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => state,
  );
}

/** Hear every event of the feed. */
export function onTold(listener: (told: Told) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
