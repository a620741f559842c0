/** The language on stage: the whole tree is drawn anew when it changes, so no component has to listen. */
import { useSyncExternalStore } from "react";
import { i18n, type Language, speak } from "./i18n";

const watchers = new Set<() => void>();

export async function restartIn(language: Language): Promise<void> {
  await speak(language);
  for (const watcher of watchers) watcher();
}

export function useLanguage(): string {
  return useSyncExternalStore(
    (one) => {
      watchers.add(one);
      return () => watchers.delete(one);
    },
    () => i18n.locale,
  );
}
