import { Loader, Modal } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useMe } from "../api/me";
import { useGet } from "../api/query";
import { i18n } from "../i18n";
import { refused } from "../parts/acts";
import { type Own, prefer } from "../preferences";
import css from "./Frame.module.css";
import { aboutHit } from "./hits";
import { NAV } from "./nav";

const [store, spotlight] = createSpotlight();

export const openPalette = spotlight.open;

const wish = (change: Partial<Own>) => void prefer(change).catch(refused);

/**
 * Enter goes to the first of what fits all that was typed, as soon as that is known: an answer to less is not gone to.
 * What begins with the words typed is known at once and stands first. Who has chosen with the arrows goes there.
 */
function useFirst(isKnown: boolean, listed: string) {
  const list = useRef<HTMLDivElement>(null);
  const hasChosen = useRef(false);
  const isWaiting = useRef(false);
  const chosen = () => list.current?.querySelector<HTMLElement>("[data-selected]");
  const typed = () => {
    hasChosen.current = false;
    isWaiting.current = false;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each list; `chosen` is what is drawn then
  useEffect(() => {
    if (!isKnown) return;
    if (!hasChosen.current || !chosen()) {
      chosen()?.removeAttribute("data-selected");
      list.current?.querySelector("[data-action]")?.setAttribute("data-selected", "true");
      store.updateState((now) => ({ ...now, selected: 0 }));
    }
    if (isWaiting.current) chosen()?.click();
    isWaiting.current = false;
  }, [isKnown, listed]);
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") hasChosen.current = true;
    if (event.key !== "Enter" || event.nativeEvent.isComposing || isKnown || hasChosen.current) return;
    event.preventDefault();
    event.stopPropagation();
    isWaiting.current = true;
  };
  return { list, typed, onKeyDownCapture };
}

/** A screen to go to or a thing to do: known without asking the server. */
type Way = { id: string; label: string; onClick: () => void; keys?: string; Icon?: typeof IconSearch };

/** Ctrl/⌘-K: go anywhere, find anything by id or name, act. */
export function Palette() {
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 80);
  const navigate = useNavigate();
  const me = useMe();
  const search = useGet("/api/v1/search", { query: { q: asked }, when: asked.length > 0 });
  const isAnswered = !search.isPending && !search.isPlaceholderData;
  const fault = text.trim() === asked && !isAnswered ? (search.error ?? search.failureReason) : null;
  const go = (to: string) => () => void navigate({ to });
  const places: Way[] = NAV.flatMap((group) => group.items)
    .filter((item) => !item.needs || me.permissions.includes(item.needs))
    .map((item) => ({
      id: `go ${item.to}`,
      label: item.words(),
      keys: item.key ? `g ${item.key}` : "",
      onClick: go(item.to),
      Icon: item.icon,
    }));
  const acts: Way[] = [
    { id: "new", label: i18n.t("New incident"), onClick: go("/incidents/new") },
    { id: "silence", label: i18n.t("New silence"), onClick: go("/silences/new") },
    { id: "me", label: i18n.t("My contacts and rules"), onClick: go(`/people/${me.user.id}`) },
    { id: "dark", label: i18n.t("Dark theme"), onClick: () => wish({ theme: "dark" }) },
    { id: "light", label: i18n.t("Light theme"), onClick: () => wish({ theme: "light" }) },
    { id: "zh", label: "中文", onClick: () => wish({ language: "zh" }) },
    { id: "en", label: "English", onClick: () => wish({ language: "en" }) },
  ];
  const word = text.trim().toLowerCase();
  const fits = (one: Way) => one.label.toLowerCase().includes(word);
  const begins = (one: Way) => word !== "" && one.label.toLowerCase().startsWith(word);
  const isSure = [...places, ...acts].some(begins);
  const isTold = text.trim() === asked && (asked === "" || isAnswered || fault !== null);
  const hits = asked ? (search.data?.items ?? []) : [];
  const first = useFirst(isSure || isTold, `${word} ${hits.length}`);
  const groups: [string, Way[]][] = [
    [i18n.t("Go to"), places],
    [i18n.t("Do"), acts],
  ];
  const ways = groups
    .sort(([, a], [, b]) => Number(b.some(begins)) - Number(a.some(begins)))
    .map(([label, ways]) => (
      <Spotlight.ActionsGroup key={label} label={label}>
        {ways
          .filter(fits)
          .sort((a, b) => Number(begins(b)) - Number(begins(a)))
          .map((one) => (
            <Spotlight.Action
              key={one.id}
              label={one.label}
              onClick={one.onClick}
              leftSection={one.Icon && <one.Icon size={17} />}
              rightSection={one.keys && <kbd className={css.hint}>{one.keys}</kbd>}
            />
          ))}
      </Spotlight.ActionsGroup>
    ));
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={(next) => {
        first.typed();
        setText(next);
      }}
      shortcut={null}
      scrollable
      maxHeight={460}
      overlayProps={{ blur: 0 }}
      classNames={{ actionsGroup: css.found, action: css.act, actionDescription: css.about }}
    >
      <Modal.Title className={css.unseen}>{i18n.t("Search and commands")}</Modal.Title>
      <Spotlight.Search
        aria-label={i18n.t("Search or do…")}
        placeholder={i18n.t("INC-12, a name, or what to do")}
        leftSection={<IconSearch size={17} />}
        onKeyDownCapture={first.onKeyDownCapture}
      />
      <Spotlight.ActionsList ref={first.list}>
        {isSure && ways}
        {hits.length > 0 && (
          <Spotlight.ActionsGroup label={i18n.t("Found")}>
            {hits.map((hit) => (
              <Spotlight.Action
                key={hit.kind + hit.id}
                label={hit.title}
                description={aboutHit(hit)}
                onClick={go(hit.url)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {!isSure && ways}
        {hits.length === 0 && fault !== null && (
          <Spotlight.Empty role="alert">{i18n.t("The search failed: {why}", { why: fault.title })}</Spotlight.Empty>
        )}
        {hits.length === 0 &&
          fault === null &&
          ![...places, ...acts].some((one) => fits(one)) &&
          (isTold ? (
            <Spotlight.Empty>{i18n.t("Nothing has this id or name")}</Spotlight.Empty>
          ) : (
            <Loader size="sm" m="md" />
          ))}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
