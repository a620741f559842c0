import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Room } from "./room";

class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 1;
  sent: { type: string; text: string; id: string }[] = [];
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
  hear(frame: object) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
}

beforeEach(() => {
  localStorage.clear();
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const HELLO = { type: "hello", me: "ann", present: [], may_speak: true };

test("what was not answered is kept, and said again under its id after a break", () => {
  const room = new Room("INC-1", "ws://x");
  room.open();
  const [first] = FakeSocket.all;
  room.say("hello");
  expect(first?.sent).toEqual([]);
  first?.hear(HELLO);
  const id = first?.sent[0]?.id;
  first?.onclose({ code: 1006 });
  expect(room.state.phase).toBe("lost");
  expect(new Room("INC-1", "ws://x").state.unsent).toMatchObject([{ id, text: "hello" }]);
  vi.advanceTimersByTime(1_000);
  const second = FakeSocket.all[1];
  second?.hear(HELLO);
  expect(second?.sent[0]?.id).toBe(id);
  second?.hear({ type: "said", seq: 5, at: "", user: "ann", name: "Ann", text: "hello", id });
  expect(room.state.unsent).toEqual([]);
  expect(room.state.said).toHaveLength(1);
});

test("what was refused waits for a person and is not said again by itself", () => {
  const room = new Room("INC-2", "ws://x");
  room.open();
  FakeSocket.all[0]?.hear(HELLO);
  room.say("/foo");
  FakeSocket.all[0]?.hear({
    type: "refused",
    id: room.state.unsent[0]?.id,
    reason: "command_unknown",
    title: "T",
    detail: "D",
  });
  FakeSocket.all[0]?.onclose({ code: 1012 });
  vi.advanceTimersByTime(1_000);
  FakeSocket.all[1]?.hear(HELLO);
  expect(FakeSocket.all[1]?.sent).toEqual([]);
  expect(room.state.unsent[0]?.refused?.detail).toBe("D");
});
