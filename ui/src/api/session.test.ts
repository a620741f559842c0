import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sessionEnded, watchTyping } from "./session";

const assign = vi.spyOn(location, "assign").mockImplementation(() => undefined);
let stop: () => void;

beforeEach(() => {
  assign.mockClear();
  stop = watchTyping();
});
afterEach(() => {
  stop();
  document.body.replaceChildren();
});

function write(text: string): HTMLTextAreaElement {
  const field = document.createElement("textarea");
  document.body.append(field);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return field;
}

test("who has typed nothing is led to the log-in, and back", () => {
  expect(sessionEnded()).toBe(false);
  expect(assign).toHaveBeenCalledWith(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
});

test("who is writing keeps the page and the text, until the field is empty or gone", () => {
  const field = write("the database is");
  expect(sessionEnded()).toBe(true);
  expect(assign).not.toHaveBeenCalled();
  field.value = "";
  expect(sessionEnded()).toBe(false);
  write("a dialog that was closed").remove();
  expect(sessionEnded()).toBe(false);
  expect(assign).toHaveBeenCalledTimes(2);
});
