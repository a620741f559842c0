import { ActionIcon, AppShell, Burger, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLogout, IconPlus, IconSearch, IconSettings } from "@tabler/icons-react";
import { Link, Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useState } from "react";
import { setCsrf } from "../api/client";
import { useGet } from "../api/query";
import { i18n } from "../i18n";
import { undo } from "../parts/acts";
import { Fault, Waiting } from "../parts/marks";
import { take } from "../preferences";
import css from "./Frame.module.css";
import { KeysHelp } from "./KeysHelp";
import { type Keys, listen, useKeys } from "./keys";
import { LiveBanner, LiveDot } from "./Live";
import { NAV } from "./nav";
import { OnCallChip } from "./OnCallChip";
import { openPalette, Palette } from "./Palette";
import { Preferences } from "./Preferences";
import { SessionBanner } from "./SessionBanner";

/** The frame around every screen: rail, bar, palette, keys, the state of the live feed. */
export function Frame() {
  const { data: me, error, refetch } = useGet("/api/v1/me", { staleTime: 60_000 });
  if (me) setCsrf(me.csrf);
  if (error && !me)
    return (
      <main className={css.alone}>
        <Fault problem={error} retry={() => void refetch()} />
      </main>
    );
  if (!me)
    return (
      <main className={css.alone}>
        <Waiting />
      </main>
    );
  return <Inside />;
}

function Inside() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const [help, setHelp] = useState(false);
  const [preferences, setPreferences] = useState(false);
  const { data: me } = useGet("/api/v1/me", { staleTime: 60_000 });
  const { data: own } = useGet("/api/v1/me/preferences", { staleTime: 60_000 });
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(() => {
    if (own) take(own);
  }, [own]);
  useLayoutEffect(listen, []);
  useEffect(() => router.subscribe("onResolved", close), [router, close]);
  const keys: Keys = {
    "ctrl+k": [i18n.t("Search and commands"), openPalette],
    "/": [i18n.t("Search"), openPalette],
    "?": [i18n.t("The keys valid here"), () => setHelp(true)],
    u: [i18n.t("Undo the last act"), undo],
    n: [i18n.t("New incident"), () => void navigate({ to: "/incidents/new" })],
    ...Object.fromEntries(
      NAV.flatMap((group) => group.items)
        .filter((item) => item.key)
        .map((item) => [`g ${item.key}`, [item.words(), () => void navigate({ to: item.to })] as [string, () => void]]),
    ),
  };
  useKeys(keys, true);
  const may = (needs?: string) => !needs || (me?.permissions.includes(needs) ?? false);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 216, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={0}
    >
      <a className={css.skip} href="#main">
        {i18n.t("Skip to the content")}
      </a>
      <AppShell.Header className={css.bar}>
        <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={i18n.t("Menu")} />
        <Link to="/" className={css.brand}>
          Tocsin
        </Link>
        <UnstyledButton className={css.search} onClick={openPalette}>
          <IconSearch size={15} aria-hidden="true" /> <span>{i18n.t("Search or do…")}</span>{" "}
          <kbd>{navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl"} K</kbd>
        </UnstyledButton>
        <div className={css.tools}>
          <OnCallChip />
          <LiveDot />
          {may("respond") && (
            <Tooltip label={i18n.t("New incident")}>
              <ActionIcon
                variant="subtle"
                renderRoot={(props) => <Link to="/incidents/new" {...props} />}
                aria-label={i18n.t("New incident")}
              >
                <IconPlus size={18} />
              </ActionIcon>
            </Tooltip>
          )}
          <Menu position="bottom-end" width={220}>
            <Menu.Target>
              <ActionIcon variant="default" radius="xl" aria-label={i18n.t("Your menu")}>
                {(me?.user.spec.name ?? "?").slice(0, 1).toUpperCase()}
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{me?.user.spec.name}</Menu.Label>
              <Menu.Item
                renderRoot={(props) => <Link to="/people/$id" params={{ id: me?.user.id ?? "" }} {...props} />}
              >
                {i18n.t("My contacts and rules")}
              </Menu.Item>
              <Menu.Item leftSection={<IconSettings size={15} />} onClick={() => setPreferences(true)}>
                {i18n.t("Language, theme, keys")}
              </Menu.Item>
              <Menu.Item visibleFrom="sm" onClick={() => setHelp(true)}>
                {i18n.t("Keys")} (?)
              </Menu.Item>
              <Menu.Divider />
              <form method="post" action="/logout">
                <input type="hidden" name="csrf" value={me?.csrf} />
                <Menu.Item component="button" type="submit" leftSection={<IconLogout size={15} />}>
                  {i18n.t("Log out")}
                </Menu.Item>
              </form>
            </Menu.Dropdown>
          </Menu>
        </div>
      </AppShell.Header>
      <AppShell.Navbar className={css.rail} aria-label={i18n.t("Main")}>
        {NAV.map((group) => {
          const items = group.items.filter((item) => may(item.needs));
          return items.length === 0 ? null : (
            <div key={group.words()} className={css.group}>
              <div className={css.groupName}>{group.words()}</div>
              {items.map((item) => (
                <Link
                  key={item.to}
                  to={item.to}
                  className={css.item}
                  activeOptions={{ exact: item.to === "/" }}
                  activeProps={{ "data-active": true } as never}
                >
                  <item.icon size={17} stroke={1.7} aria-hidden="true" />
                  {item.words()}
                </Link>
              ))}
            </div>
          );
        })}
        <div className={css.zone}>
          {Intl.DateTimeFormat().resolvedOptions().timeZone} · Tocsin {me?.version}
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="main" className={css.main}>
        <SessionBanner />
        <LiveBanner />
        <Outlet />
      </AppShell.Main>
      <Palette />
      <KeysHelp opened={help} close={() => setHelp(false)} />
      <Preferences opened={preferences} close={() => setPreferences(false)} />
    </AppShell>
  );
}
