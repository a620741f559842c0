/** The rail: where one can go. `needs` is the permission without which it is not shown. */
import {
  IconAdjustments,
  IconArrowsSplit,
  IconBellRinging,
  IconBook2,
  IconCalendarTime,
  IconDatabase,
  IconFileCode,
  IconFlame,
  IconHistory,
  IconHome,
  IconInbox,
  IconKey,
  IconLadder,
  IconMailForward,
  IconMoodSilence,
  IconPlugConnected,
  IconServer2,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import { i18n } from "../i18n";

type Item = { to: string; words: () => string; icon: typeof IconHome; key?: string; needs?: string };

export const NAV: { words: () => string; items: Item[] }[] = [
  {
    words: () => i18n.t("Now"),
    items: [
      { to: "/", words: () => i18n.t("My shift"), icon: IconHome, key: "h" },
      { to: "/incidents", words: () => i18n.t("Incidents"), icon: IconFlame, key: "i" },
      { to: "/alerts", words: () => i18n.t("Alerts"), icon: IconBellRinging, key: "a" },
      { to: "/messages", words: () => i18n.t("Sent messages"), icon: IconMailForward, key: "m" },
      { to: "/silences", words: () => i18n.t("Silences"), icon: IconMoodSilence, key: "s" },
    ],
  },
  {
    words: () => i18n.t("On call"),
    items: [
      { to: "/schedules", words: () => i18n.t("Schedules"), icon: IconCalendarTime, key: "o" },
      { to: "/ladders", words: () => i18n.t("Escalation ladders"), icon: IconLadder, key: "l" },
      { to: "/routes", words: () => i18n.t("Routes"), icon: IconArrowsSplit, key: "r" },
      { to: "/services", words: () => i18n.t("Services"), icon: IconServer2, key: "v" },
      { to: "/teams", words: () => i18n.t("Teams"), icon: IconUsersGroup, key: "t" },
      { to: "/people", words: () => i18n.t("People"), icon: IconUsers, key: "p" },
    ],
  },
  {
    words: () => i18n.t("Intake"),
    items: [
      { to: "/sources", words: () => i18n.t("Sources"), icon: IconPlugConnected, key: "c" },
      { to: "/dead-letters", words: () => i18n.t("Dead letters"), icon: IconInbox, key: "d" },
      { to: "/ledger", words: () => i18n.t("Ledger of fates"), icon: IconBook2, key: "f" },
    ],
  },
  {
    words: () => i18n.t("Setup"),
    items: [
      { to: "/welcome", words: () => i18n.t("First steps"), icon: IconAdjustments, needs: "configure" },
      { to: "/config", words: () => i18n.t("Config as YAML"), icon: IconFileCode, needs: "configure" },
      { to: "/keys", words: () => i18n.t("API keys"), icon: IconKey },
      { to: "/roles", words: () => i18n.t("Roles"), icon: IconUserShield },
      { to: "/audit", words: () => i18n.t("Audit"), icon: IconHistory, needs: "administer" },
      { to: "/system", words: () => i18n.t("System"), icon: IconDatabase, needs: "administer" },
    ],
  },
];
