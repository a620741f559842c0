import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../../api/client";
import { Room } from "./room";

const post = vi.fn();
const get = vi.fn();
vi.mock("../../api/client", async (original) => ({
  ...(await original<object>()),
  post: (...args: unknown[]) => post(...args),
  get: (...args: unknown[]) => get(...args),
}));

class FakeSocket {
  static CONNECTING = 0;
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
  closed = false;
  onopen: () => void = () => undefined;
  close() {
    this.closed = true;
  }
  hear(frame: object) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
}

beforeEach(() => {
  localStorage.clear();
  FakeSocket.all = [];
  post.mockReset();
  get.mockReset();
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

test("where no socket opens but the server answers, lines go by post under their ids", async () => {
  get.mockResolvedValue({});
  post.mockResolvedValueOnce({ command: "", text: "" }).mockResolvedValueOnce({ command: "/ack", text: "You have it" });
  const room = new Room("INC-3", "ws://x");
  room.open();
  room.say("hello");
  const id = room.state.unsent[0]?.id;
  FakeSocket.all[0]?.onclose({ code: 1006 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(post).not.toHaveBeenCalled();
  FakeSocket.all[1]?.onclose({ code: 1006 });
  await vi.advanceTimersByTimeAsync(0);
  expect(room.state.phase).toBe("limited");
  expect(post.mock.calls[0]?.[1]).toMatchObject({ path: { incident_id: "INC-3" }, body: { id, text: "hello" } });
  expect(room.state.unsent).toEqual([]);
  room.say("/ack");
  await vi.advanceTimersByTimeAsync(0);
  expect(room.state.answers).toMatchObject([{ command: "/ack", text: "You have it" }]);
  await vi.advanceTimersByTimeAsync(80_000);
  FakeSocket.all[2]?.hear(HELLO);
  expect(room.state.phase).toBe("open");
});

test("a server that cannot be reached at all is lost, not limited", async () => {
  get.mockRejectedValue(new Problem(0, "T", "D"));
  const room = new Room("INC-4", "ws://x");
  room.open();
  FakeSocket.all[0]?.onclose({ code: 1006 });
  await vi.advanceTimersByTimeAsync(1_000);
  FakeSocket.all[1]?.onclose({ code: 1006 });
  await vi.advanceTimersByTimeAsync(0);
  expect(room.state.phase).toBe("lost");
});

test("what is refused by post waits for a person; what cannot leave is kept", async () => {
  get.mockResolvedValue({});
  const room = new Room("INC-5", "ws://x");
  room.open();
  for (const n of [0, 1]) {
    FakeSocket.all[n]?.onclose({ code: 1006 });
    await vi.advanceTimersByTimeAsync(n ? 0 : 1_000);
  }
  post.mockRejectedValueOnce(new Problem(422, "T", "D", "command_unknown"));
  room.say("/foo");
  await vi.advanceTimersByTimeAsync(0);
  expect(room.state.unsent[0]?.refused?.detail).toBe("D");
  post.mockRejectedValueOnce(new Problem(0, "T", "D"));
  room.say("later");
  await vi.advanceTimersByTimeAsync(0);
  expect(room.state.phase).toBe("lost");
  expect(room.state.unsent[1]).toMatchObject({ text: "later" });
  expect(room.state.unsent[1]?.refused).toBeUndefined();
});

test("a room left while its socket opens lets it open first, and hears nothing of it", () => {
  const room = new Room("INC-1", "ws://x");
  room.open();
  const [socket] = FakeSocket.all;
  if (socket) socket.readyState = FakeSocket.CONNECTING;
  room.close();
  expect(socket?.closed).toBe(false);
  socket?.onopen();
  expect(socket?.closed).toBe(true);
  expect(room.state.phase).toBe("connecting");
});
