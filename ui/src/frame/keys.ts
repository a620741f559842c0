/**
 * Keys: each screen says which it has while it is shown; the newest wins. Law: never while somebody types or composes
 * (Chinese input), never with a dialog open, and not at all when switched off. `g i` is two keys within a second.
 */
import { useLayoutEffect, useRef } from "react";
import { ownNow } from "../preferences";

export type Keys = Record<string, [words: string, run: () => void]>;

const SEQUENCE_MS = 1_000;
const stack: { current: Keys; isFrame: boolean }[] = [];
let first = "";
let firstAt = 0;

/** These keys are valid while the caller is shown. Empty words: not listed. Those of the frame lie under any screen's,
 * whichever is drawn first. What can be seen can be pressed: they are valid before the screen is painted. */
export function useKeys(keys: Keys, isFrame = false): void {
  const ref = useRef({ current: keys, isFrame });
  ref.current.current = keys;
  useLayoutEffect(() => {
    const own = ref.current;
    if (isFrame) stack.unshift(own);
    else stack.push(own);
    return () => void stack.splice(stack.indexOf(own), 1);
  }, [isFrame]);
}

/** Every key valid now and what it does, for the list that `?` shows: those of the screen, then those of the frame. */
export function validKeys(): { here: [string, string][]; everywhere: [string, string][] } {
  const here = new Map<string, string>();
  const everywhere = new Map<string, string>();
  for (const { current, isFrame } of stack)
    for (const [key, [words]] of Object.entries(current)) {
      if (!isFrame) everywhere.delete(key);
      if (words) (isFrame ? everywhere : here).set(key, words);
    }
  return { here: [...here], everywhere: [...everywhere] };
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type))
  );
}

/** The name of what was pressed: `a`, `shift+j`, `ctrl+a`, `?`. */
export function nameOf(event: KeyboardEvent): string {
  const letter = /^[a-zA-Z]$/.test(event.key);
  const key = letter ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (letter || event.key.length > 1) ? "shift+" : "";
  return `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${shift}${key}`;
}

function find(name: string): (() => void) | undefined {
  for (let index = stack.length - 1; index >= 0; index--) {
    const found = stack[index]?.current[name];
    if (found) return found[1];
  }
  return undefined;
}

/** Begin to listen. Called once, by the frame. */
export function listen(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const name = nameOf(event);
    const single = !name.includes("ctrl+");
    if (single && (isTyping(event.target) || !ownNow().keys_enabled)) return;
    if (document.querySelector("[role=dialog]") && name !== "ctrl+k") return;
    if (name === "Enter" && event.target instanceof Element && event.target.closest("a,button")) return;
    const now = event.timeStamp;
    const sequence = first && now - firstAt < SEQUENCE_MS ? `${first} ${name}` : "";
    const run = (sequence && find(sequence)) || find(name);
    first = name === "g" ? name : "";
    firstAt = now;
    if (!run) return;
    event.preventDefault();
    run();
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}
