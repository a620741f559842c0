import { ActionIcon, Button, Group, Menu, Modal, NativeSelect, TextInput, Tooltip } from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { newId, put, remove, type Schemas } from "../api/client";
import { useMe } from "../api/me";
import { refresh, useChange, useGet } from "../api/query";
import { i18n } from "../i18n";
import { done, refused } from "./acts";
import { useNameOf } from "./names";
import css from "./SavedViews.module.css";
import type { Params } from "./url";

type View = Schemas["ViewShown"];
/** A view everybody has: the query as it stands in the URL. */
export type Preset = { name: string; query: string };

/** A query string in one order, so that two of the same meaning are the same text. */
export function sameOrder(query: string | Params): string {
  const pairs = [...new URLSearchParams(query)].filter(([, value]) => value);
  return new URLSearchParams(pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))).toString();
}

/**
 * The views of a screen, kept per person or team: the presets everybody has, then one's own. `screen` is the name they
 * are saved under; what is saved is the query of the URL.
 */
export function SavedViews({ screen, presets = [] }: { screen: string; presets?: Preset[] }) {
  const { data } = useGet("/api/v1/views", { query: { screen } });
  const here = sameOrder(useSearch({ strict: false }) as Params);
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const go = (query: string) =>
    void navigate({ to: ".", search: Object.fromEntries(new URLSearchParams(query)) as never });
  const drop = useChange(
    (view: View) => remove("/api/v1/views/{view_id}", { path: { view_id: view.id } }),
    "/api/v1/views",
  );
  const forget = (view: View) =>
    drop.mutate(view, {
      onSuccess: () =>
        done(i18n.t("View {name} removed", { name: view.name }), () =>
          save(view.id, view).finally(() => refresh("/api/v1/views")),
        ),
      onError: refused,
    });
  const views = data?.items ?? [];
  const isNew = here !== "" && !views.some((one) => sameOrder(one.query) === here);
  return (
    <div className={css.views}>
      <nav className={css.tabs} aria-label={i18n.t("Views")}>
        {[...presets, ...views].map((one) => (
          <button
            key={"id" in one ? String(one.id) : one.name}
            type="button"
            className={css.tab}
            aria-current={sameOrder(one.query) === here ? "true" : undefined}
            onClick={() => go(one.query)}
          >
            {one.name}
          </button>
        ))}
      </nav>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Tooltip label={i18n.t("Saved views")}>
            <ActionIcon variant={isNew ? "light" : "default"} size={30} aria-label={i18n.t("Saved views")}>
              <IconBookmark size={16} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {here ? (
            <Menu.Item onClick={() => setAsking(true)}>{i18n.t("Save this view…")}</Menu.Item>
          ) : (
            <Menu.Label>{i18n.t("Filter the list first, then the view can be saved here.")}</Menu.Label>
          )}
          {views.length > 0 && <Menu.Divider />}
          {views.map((view) => (
            <Menu.Item
              key={view.id}
              rightSection={<IconTrash size={14} aria-hidden="true" />}
              onClick={() => forget(view)}
            >
              {i18n.t("Remove {name}", { name: view.name })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {asking && <Ask screen={screen} query={here} close={() => setAsking(false)} />}
    </div>
  );
}

type Spec = Schemas["SavedViewSpec"];
const save = (id: string, { screen, name, query, team }: Spec) =>
  put("/api/v1/views/{view_id}", { path: { view_id: id }, body: { screen, name, query, team: team ?? "" } });

function Ask({ screen, query, close }: { screen: string; query: string; close: () => void }) {
  const me = useMe();
  const [name, setName] = useState("");
  const [owner, setOwner] = useState("");
  const team = useNameOf("/api/v1/teams");
  const [id] = useState(newId);
  const keep = useChange((spec: Spec) => save(id, spec), "/api/v1/views");
  const submit = () =>
    keep.mutate(
      { screen, name: name.trim(), query, team: owner },
      {
        onSuccess: () => {
          done(i18n.t("View saved"), () =>
            remove("/api/v1/views/{view_id}", { path: { view_id: id } }).finally(() => refresh("/api/v1/views")),
          );
          close();
        },
        onError: refused,
      },
    );
  return (
    <Modal opened onClose={close} title={i18n.t("Save this view")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextInput
          data-autofocus
          required
          label={i18n.t("Name")}
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          mt="sm"
          label={i18n.t("Who sees it")}
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
          data={[
            { value: "", label: i18n.t("Only me") },
            ...me.user.teams.map((one) => ({ value: one, label: i18n.t("Team {team}", { team: team(one) }) })),
          ]}
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" disabled={!name.trim()} loading={keep.isPending}>
            {i18n.t("Save")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
