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
import { NAV } from "./nav";

const [store, spotlight] = createSpotlight();

export const openPalette = spotlight.open;

const wish = (change: Partial<Own>) => void prefer(change).catch(refused);

/**
 * Enter goes to the first of what fits all that was typed, as soon as that is known: an answer to less is not gone to.
 * Who has chosen with the arrows goes there.
 */
function useFirst(isKnown: boolean) {
  const list = useRef<HTMLDivElement>(null);
  const hasChosen = useRef(false);
  const isWaiting = useRef(false);
  const chosen = () => list.current?.querySelector<HTMLElement>("[data-selected]");
  const typed = () => {
    hasChosen.current = false;
    isWaiting.current = false;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each answer; `chosen` is what is drawn then
  useEffect(() => {
    if (!isKnown) return;
    if (!hasChosen.current || !chosen()) {
      chosen()?.removeAttribute("data-selected");
      list.current?.querySelector("[data-action]")?.setAttribute("data-selected", "true");
      store.updateState((now) => ({ ...now, selected: 0 }));
    }
    if (isWaiting.current) chosen()?.click();
    isWaiting.current = false;
  }, [isKnown]);
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") hasChosen.current = true;
    if (event.key !== "Enter" || event.nativeEvent.isComposing || isKnown || hasChosen.current) return;
    event.preventDefault();
    event.stopPropagation();
    isWaiting.current = true;
  };
  return { list, typed, onKeyDownCapture };
}

/** Ctrl/⌘-K: go anywhere, find anything by id or name, act. */
export function Palette() {
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 80);
  const navigate = useNavigate();
  const me = useMe();
  const search = useGet("/api/v1/search", { query: { q: asked }, when: asked.length > 0 });
  const isAnswered = !search.isPending && !search.isPlaceholderData;
  const isKnown = text.trim() === asked && (asked === "" || isAnswered);
  const first = useFirst(isKnown);
  const go = (to: string) => () => void navigate({ to });
  const places = NAV.flatMap((group) => group.items)
    .filter((item) => !item.needs || me.permissions.includes(item.needs))
    .map((item) => ({
      id: `go ${item.to}`,
      label: item.words(),
      keys: item.key ? `g ${item.key}` : "",
      onClick: go(item.to),
      Icon: item.icon,
    }));
  const acts = [
    { id: "new", label: i18n.t("New incident"), onClick: go("/incidents/new") },
    { id: "silence", label: i18n.t("New silence"), onClick: go("/silences/new") },
    { id: "me", label: i18n.t("My contacts and rules"), onClick: go(`/people/${me.user.id}`) },
    { id: "dark", label: i18n.t("Dark theme"), onClick: () => wish({ theme: "dark" }) },
    { id: "light", label: i18n.t("Light theme"), onClick: () => wish({ theme: "light" }) },
    { id: "zh", label: "中文", onClick: () => wish({ language: "zh" }) },
    { id: "en", label: "English", onClick: () => wish({ language: "en" }) },
  ];
  const fits = (label: string) => label.toLowerCase().includes(text.trim().toLowerCase());
  const hits = asked ? (search.data?.items ?? []) : [];
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
      classNames={{ actionsGroup: css.found, action: css.act }}
    >
      <Modal.Title className={css.unseen}>{i18n.t("Search and commands")}</Modal.Title>
      <Spotlight.Search
        aria-label={i18n.t("Search or do…")}
        placeholder={i18n.t("INC-12, a name, or what to do")}
        leftSection={<IconSearch size={17} />}
        onKeyDownCapture={first.onKeyDownCapture}
      />
      <Spotlight.ActionsList ref={first.list}>
        {hits.length > 0 && (
          <Spotlight.ActionsGroup label={i18n.t("Found")}>
            {hits.map((hit) => (
              <Spotlight.Action
                key={hit.kind + hit.id}
                label={hit.title}
                description={[hit.id, hit.subtitle].filter(Boolean).join(" · ")}
                onClick={go(hit.url)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        <Spotlight.ActionsGroup label={i18n.t("Go to")}>
          {places
            .filter((one) => fits(one.label))
            .map((one) => (
              <Spotlight.Action
                key={one.id}
                label={one.label}
                onClick={one.onClick}
                leftSection={<one.Icon size={17} />}
                rightSection={one.keys && <kbd className={css.hint}>{one.keys}</kbd>}
              />
            ))}
        </Spotlight.ActionsGroup>
        <Spotlight.ActionsGroup label={i18n.t("Do")}>
          {acts
            .filter((one) => fits(one.label))
            .map((one) => (
              <Spotlight.Action key={one.id} label={one.label} onClick={one.onClick} />
            ))}
        </Spotlight.ActionsGroup>
        {hits.length === 0 &&
          !places.some((one) => fits(one.label)) &&
          !acts.some((one) => fits(one.label)) &&
          (isKnown ? (
            <Spotlight.Empty>{i18n.t("Nothing has this id or name")}</Spotlight.Empty>
          ) : (
            <Loader size="sm" m="md" />
          ))}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
