/**
 * How the interface looks to a person. The server keeps it, so that it follows them to another browser; the page tells
 * it in `data-own`, before anything is painted, and this browser's copy is for a page that tells nothing (`make dev`).
 */
import type { MantineColorSchemeManager } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { put } from "./api/client";
import { queries } from "./api/query";
import { firstLanguage, i18n, type Language } from "./i18n";
import { keep, kept } from "./kept";
import { restartIn } from "./language";

const PATH = "/api/v1/me/preferences";
const THEMES = ["auto", "light", "dark"] as const;
const DENSITIES = ["dense", "roomy"] as const;
type Theme = (typeof THEMES)[number];
export type Own = {
  theme: Theme;
  density: (typeof DENSITIES)[number];
  keys_enabled: boolean;
  /** Empty until the person has chosen one: then it is that of their record, which their messages are written in. */
  language: Language | "";
};
const USUAL: Own = { theme: "auto", density: "dense", keys_enabled: true, language: "" };

/** What somebody said, made of it what can be shown: the server keeps any value under any name. */
export function understood(told: Record<string, unknown>): Own {
  const language = told.language_chosen && (told.language === "zh" || told.language === "en") ? told.language : "";
  return {
    theme: THEMES.find((one) => one === told.theme) ?? USUAL.theme,
    density: DENSITIES.find((one) => one === told.density) ?? USUAL.density,
    keys_enabled: told.keys_enabled !== false,
    language,
  };
}

function first(): Own {
  try {
    return understood(JSON.parse(document.documentElement.dataset.own ?? kept("own") ?? "{}"));
  } catch {
    return USUAL;
  }
}

let own = first();
let wishes = 0;
const watchers = new Set<() => void>();
const themes = new Set<(theme: Theme) => void>();

function show(next: Own): void {
  own = next;
  keep("own", JSON.stringify({ ...next, language_chosen: next.language !== "" }));
  document.documentElement.dataset.density = next.density;
  for (const one of themes) one(next.theme);
  for (const one of watchers) one();
}

function wear(next: Own): void {
  show(next);
  if (languageNow() !== i18n.locale) void restartIn(languageNow());
}

/** The language to begin in: the person's, else the browser's. */
export const languageNow = (): Language => own.language || firstLanguage();

/** Take over what the server says, unless the person has just wished for something else. */
export function take(told: Record<string, unknown>): void {
  if (wishes === 0) wear(understood(told));
}

/** Show it so from now on, here at once and everywhere once the server has it; back as it was if it refuses. Rejects
 * with a Problem. */
export async function prefer(change: Partial<Own>): Promise<void> {
  const before = own;
  wear({ ...own, ...change });
  wishes += 1;
  try {
    await queries.cancelQueries({ queryKey: [PATH] }); // what was asked before would tell of before
    const body = change.language ? { ...change, language_chosen: true } : change;
    const answer = await put(PATH, { body });
    await queries.cancelQueries({ queryKey: [PATH] }); // and so may what was asked meanwhile
    queries.setQueryData([PATH, {}, {}], answer);
  } catch (fault) {
    wear(before);
    throw fault;
  } finally {
    wishes -= 1;
  }
}

/** How it looks now. */
export const ownNow = (): Own => own;

export function useOwn(): Own {
  return useSyncExternalStore(
    (one) => {
      watchers.add(one);
      return () => watchers.delete(one);
    },
    () => own,
  );
}

/** Mantine asks here for the theme, and is told here. */
export const themeManager: MantineColorSchemeManager = {
  get: () => own.theme,
  set: () => undefined,
  subscribe: (told) => void themes.add(told),
  unsubscribe: () => themes.clear(),
  clear: () => undefined,
};

/** Begin with what is known before anything is painted. */
export function begin(): void {
  show(own);
}
