import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { i18n } from "../i18n";
import css from "./Find.module.css";
import { Empty } from "./marks";
import { type Preset, SavedViews } from "./SavedViews";
import { useParamsOfUrl } from "./url";

/** The line above a list of things: find by a word, other filters as `children`, the saved views. All of it is in the URL. */
export function Find({
  screen,
  label,
  presets,
  children,
}: {
  /** What views are saved under. */
  screen: string;
  label: string;
  presets?: Preset[];
  children?: ReactNode;
}) {
  const [params, set] = useParamsOfUrl();
  return (
    <div className={css.find}>
      <TextInput
        className={css.word}
        aria-label={label}
        placeholder={label}
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        value={params.q ?? ""}
        onChange={(event) => set({ q: event.currentTarget.value })}
      />
      {children}
      <SavedViews screen={screen} presets={presets} />
    </div>
  );
}

/** Where nothing matches: how to see all again. */
export function Nothing({ clear }: { clear: () => void }) {
  return (
    <Empty
      title={i18n.t("Nothing matches")}
      action={
        <Button variant="default" onClick={clear}>
          {i18n.t("Clear the filter")}
        </Button>
      }
    />
  );
}

/** Whether a thing has the word in its id, its name or another text, as the server's lists have it. */
export function hasWord(word: string | undefined, ...texts: (string | undefined)[]): boolean {
  const sought = (word ?? "").trim().toLowerCase();
  return !sought || texts.some((one) => one?.toLowerCase().includes(sought));
}
