/**
 * What happens when the session has ended. Law: nobody is led away from what they have typed. Where something stands in a
 * field the page stays and says so; else the log-in opens and leads back here.
 */
import { useSyncExternalStore } from "react";

type Field = HTMLInputElement | HTMLTextAreaElement;

let hasEnded = false;
const watchers = new Set<() => void>();
const touched = new Set<Field>();

/** Where one logs in, coming back here afterwards. */
export function loginUrl(): string {
  return `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
}

function become(next: boolean): void {
  if (hasEnded === next) return;
  hasEnded = next;
  for (const watcher of watchers) watcher();
}

/** Remember which fields somebody writes in. Called once, by main. */
export function watchTyping(): () => void {
  const onInput = ({ target }: Event) => {
    for (const one of touched) if (!one.isConnected) touched.delete(one);
    if (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) touched.add(target);
  };
  document.addEventListener("input", onInput);
  return () => document.removeEventListener("input", onInput);
}

/** The server does not know the session any more. True if the page stays, for what is typed in it. */
export function sessionEnded(): boolean {
  const isWritten = [...touched].some((one) => one.isConnected && one.value.trim() !== "");
  if (isWritten) become(true);
  else location.assign(loginUrl());
  return isWritten;
}

/** Somebody is logged in, here or in another tab. */
export const sessionBegan = (): void => become(false);

/** Whether one has to log in before anything can be done on this page. */
export function useSessionEnded(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => hasEnded,
  );
}
