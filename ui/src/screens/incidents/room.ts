/**
 * The room of an incident over WebSocket. Law: what was not answered is kept in this browser and said to be "not yet sent";
 * each message has an id of its own, so saying it again after a break says it once. Where a proxy lets no socket pass,
 * lines are posted one by one and the live feed tells what others say; who is there is not known then.
 */
import { get, newId, Problem, post } from "../../api/client";
import { refresh } from "../../api/query";
import { sessionEnded } from "../../api/session";
import { i18n } from "../../i18n";
import { keep, kept } from "../../kept";
import type { Someone } from "../../parts/Person";

export type Unsent = { id: string; text: string; at: string; refused?: { title: string; detail: string } };
export type Heard = { seq: number; at: string; user: string; name: string; text: string; id: string };
export type Answer = { id: string; at: string; command: string; text: string };
export type RoomState = {
  /** `limited`: the server can be reached, but no socket to it. */
  phase: "connecting" | "open" | "limited" | "lost" | "forbidden" | "gone";
  present: Someone[];
  typing: string[];
  said: Heard[];
  answers: Answer[];
  unsent: Unsent[];
  maySpeak: boolean;
};
type Frame =
  | { type: "hello"; me: string; present: Someone[]; may_speak?: boolean }
  | { type: "present"; present: Someone[] }
  | { type: "typing"; user: string }
  | ({ type: "said" } & Heard)
  | { type: "done"; id: string; command: string; text: string }
  | { type: "refused"; id: string; reason: string; title: string; detail: string };

const BACK_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
/** A way that neither opens nor refuses is no way. */
const OPENS_MS = 8_000;
/** After so many sockets that did not open, lines go by post. */
const FAILURES_MAX = 2;
const LIMITED_AGAIN_MS = 60_000;
const TYPING_MS = 4_000;
const TYPING_EVERY_MS = 1_500;
const KEPT_MAX = 50;
const ANSWER_MS = 12_000;
const LOG_IN = 4401;
const FORBIDDEN = 4403;
const GONE = 4404;

export class Room {
  state: RoomState;
  private watchers = new Set<() => void>();
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private failures = 0;
  private posting = new Set<string>();
  private typedAt = 0;
  private typists = new Map<string, ReturnType<typeof setTimeout>>();
  private closed = false;

  constructor(
    readonly incident: string,
    private readonly where: string,
  ) {
    this.state = {
      phase: "connecting",
      present: [],
      typing: [],
      said: [],
      answers: [],
      unsent: this.kept(),
      maySpeak: true,
    };
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  open = (): void => {
    clearTimeout(this.timer);
    this.closed = false;
    const socket = new WebSocket(`${this.where}?language=${i18n.locale}`);
    this.socket = socket;
    let greeted = false;
    const patience = setTimeout(() => socket.close(), OPENS_MS);
    socket.onmessage = ({ data }) => {
      greeted = true;
      clearTimeout(patience);
      this.take(JSON.parse(data as string) as Frame);
    };
    socket.onclose = ({ code }) => {
      clearTimeout(patience);
      if (this.socket === socket) this.lost(code, greeted);
    };
  };

  close = (): void => {
    this.closed = true;
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    // closed while it opens, the browser complains; it is let go once it is there
    if (socket?.readyState === WebSocket.CONNECTING) {
      socket.onmessage = null;
      socket.onopen = () => socket.close();
    } else socket?.close();
  };

  /** The network is gone: what is said from now on waits. */
  cut = (): void => {
    const socket = this.socket;
    this.lost(1006, true);
    socket?.close();
  };

  /** Say something, or ask for something with a slash. */
  say(text: string): void {
    const one = { id: newId(), text, at: new Date().toISOString() };
    this.set({ unsent: [...this.state.unsent, one] });
    this.push(one);
  }

  /** Say again what was refused. */
  again(id: string): void {
    const old = this.state.unsent.find((one) => one.id === id);
    if (!old) return;
    const one = { id: newId(), text: old.text, at: new Date().toISOString() };
    this.set({ unsent: this.state.unsent.map((other) => (other === old ? one : other)) });
    this.push(one);
  }

  forget(id: string): void {
    this.set({
      unsent: this.state.unsent.filter((one) => one.id !== id),
      answers: this.state.answers.filter((one) => one.id !== id),
    });
  }

  typing(): void {
    const now = Date.now();
    if (this.state.phase !== "open" || now - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = now;
    this.socket?.send(JSON.stringify({ type: "typing" }));
  }

  private push(one: Unsent): void {
    if (this.state.phase === "limited") void this.mail(one);
    else if (this.state.phase === "open" && this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ type: "say", text: one.text, id: one.id }));
  }

  private pushAll(): void {
    for (const one of this.state.unsent) if (!one.refused) this.push(one);
  }

  /** Say it by post; what cannot leave stays here. */
  private async mail(one: Unsent): Promise<void> {
    if (this.posting.has(one.id)) return;
    this.posting.add(one.id);
    const { id, text } = one;
    try {
      const path = { incident_id: this.incident };
      const done = await post("/api/v1/incidents/{incident_id}/room", { path, body: { text, id } });
      this.take({ type: "done", id, ...done });
      refresh("/api/v1/incidents");
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      const { status, reason, title, detail } = fault;
      const heard = status > 0 && status < 500;
      if (heard) this.take({ type: "refused", id, reason, title, detail: detail || title });
      else if (this.state.phase === "limited") {
        this.failures = FAILURES_MAX - 1; // the next socket that does not open leads here again, not this very moment
        this.lost(1006, true);
      }
    } finally {
      this.posting.delete(id);
    }
  }

  /** No socket opens: if the server itself can be reached, what waits is said by post. */
  private async limit(): Promise<void> {
    try {
      await get("/api/v1/incidents/{incident_id}", { path: { incident_id: this.incident } });
    } catch {
      return;
    }
    if (this.closed || this.state.phase !== "lost") return;
    this.set({ phase: "limited" });
    this.later(LIMITED_AGAIN_MS);
    this.pushAll();
  }

  private later(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.open, wait * (0.8 + Math.random() * 0.4));
  }

  private take(frame: Frame): void {
    switch (frame.type) {
      case "hello":
        if (this.tries > 0) refresh("/api/v1/incidents");
        this.tries = 0;
        this.failures = 0;
        this.set({ phase: "open", present: frame.present, maySpeak: frame.may_speak ?? true });
        this.pushAll();
        return;
      case "present":
        this.set({ present: frame.present });
        return;
      case "typing":
        this.types(frame.user);
        return;
      case "said":
        clearTimeout(this.typists.get(frame.user));
        this.typists.delete(frame.user);
        this.set({
          said: [...this.state.said.filter((one) => one.seq !== frame.seq), frame].slice(-KEPT_MAX * 4),
          unsent: this.state.unsent.filter((one) => one.id !== frame.id),
          typing: [...this.typists.keys()],
        });
        return;
      case "done":
        this.done(frame);
        return;
      case "refused":
        this.set({
          unsent: this.state.unsent.map((one) =>
            one.id === frame.id ? { ...one, refused: { title: frame.title, detail: frame.detail } } : one,
          ),
        });
    }
  }

  private done({ id, command, text }: { id: string; command: string; text: string }): void {
    const answers = text
      ? [...this.state.answers, { id, at: new Date().toISOString(), command, text }].slice(-KEPT_MAX)
      : this.state.answers;
    this.set({ unsent: this.state.unsent.filter((one) => one.id !== id), answers });
    // the timeline tells of it soon; only what has no other place stays
    if (text && command !== "/help") setTimeout(() => this.forget(id), ANSWER_MS);
    if (command) refresh("/api/v1/incidents");
  }

  private types(user: string): void {
    clearTimeout(this.typists.get(user));
    const stop = () => {
      this.typists.delete(user);
      this.set({ typing: [...this.typists.keys()] });
    };
    this.typists.set(user, setTimeout(stop, TYPING_MS));
    this.set({ typing: [...this.typists.keys()] });
  }

  private lost(code: number, greeted: boolean): void {
    this.socket = null;
    if (this.closed) return;
    if (code === LOG_IN && !sessionEnded()) return;
    if (!greeted) this.failures += 1;
    const phase = code === FORBIDDEN ? "forbidden" : code === GONE ? "gone" : "lost";
    if (phase === "lost" && this.state.phase === "limited" && !greeted) {
      this.later(LIMITED_AGAIN_MS);
      return;
    }
    this.set({ phase, present: [], typing: [] });
    if (phase !== "lost") return;
    this.later(BACK_MS[Math.min(this.tries, BACK_MS.length - 1)] ?? 15_000);
    this.tries += 1;
    if (this.failures >= FAILURES_MAX) void this.limit();
  }

  private set(change: Partial<RoomState>): void {
    this.state = { ...this.state, ...change };
    if (change.unsent) {
      const text = JSON.stringify(change.unsent.slice(-KEPT_MAX));
      keep(`unsent.${this.incident}`, change.unsent.length ? text : null);
    }
    for (const watcher of this.watchers) watcher();
  }

  private kept(): Unsent[] {
    try {
      return JSON.parse(kept(`unsent.${this.incident}`) ?? "[]") as Unsent[];
    } catch {
      return [];
    }
  }
}
