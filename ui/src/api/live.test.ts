import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow, useLive } from "./live";

class FakeSource extends EventTarget {
  static last: FakeSource;
  static CLOSED = 2;
  readyState = 0;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  constructor() {
    super();
    FakeSource.last = this;
  }
  close() {}
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  vi.stubGlobal("BroadcastChannel", undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("while nobody answers, what is shown stays called stale, since when it was last fresh", () => {
  const { result } = renderHook(useLive);
  follow();
  act(() => FakeSource.last.onopen());
  const fresh = Date.now();
  expect(result.current.phase).toBe("live");
  act(() => {
    vi.advanceTimersByTime(1_000);
    FakeSource.last.onerror();
  });
  expect(result.current.phase).toBe("reconnecting");
  act(() => void vi.advanceTimersByTime(7_000));
  expect(result.current).toEqual({ phase: "stale", since: fresh });
  act(() => {
    FakeSource.last.onerror(); // the browser tried again
    vi.advanceTimersByTime(7_000);
  });
  expect(result.current).toEqual({ phase: "stale", since: fresh });
  act(() => FakeSource.last.onopen());
  expect(result.current.phase).toBe("live");
});
