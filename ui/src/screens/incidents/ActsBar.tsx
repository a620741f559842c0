import { Button, Menu } from "@mantine/core";
import {
  IconArrowBackUp,
  IconCheck,
  IconChevronDown,
  IconCircleCheck,
  IconClockPause,
  IconGitMerge,
  IconPhonePlus,
  IconStairsUp,
  IconSunrise,
  IconUserShare,
} from "@tabler/icons-react";
import { useMay, useMe } from "../../api/me";
import { i18n } from "../../i18n";
import css from "./Detail.module.css";
import type { Asking } from "./Dialogs";
import { fits, isMineForNow, type Row, type Verb } from "./model";
import { verbWord } from "./words";

const ICONS: Partial<Record<Verb, typeof IconCheck>> = {
  acknowledge: IconCircleCheck,
  resolve: IconCheck,
  reopen: IconArrowBackUp,
  unacknowledge: IconArrowBackUp,
  escalate: IconStairsUp,
  unsnooze: IconSunrise,
};

/** What was merged into another has none. */
export function hasActs(row: Row): boolean {
  return row.status !== "resolved" || fits(row, "reopen");
}

/** The acts of an incident. What answers a page is first and filled; on a phone all lie in the thumb's reach. */
export function ActsBar({
  row,
  run,
  ask,
}: {
  row: Row;
  run: (verb: Verb) => void;
  ask: (what: NonNullable<Asking>["what"]) => void;
}) {
  const may = useMay("respond");
  const me = useMe().user.id;
  if (!may || !hasActs(row)) return null;
  const act = (verb: Verb, variant: string, className?: string) => {
    const Icon = ICONS[verb];
    return fits(row, verb, me) ? (
      <Button
        key={verb}
        size="sm"
        variant={variant}
        className={className}
        leftSection={Icon && <Icon size={17} />}
        onClick={() => run(verb)}
      >
        {verb === "acknowledge" && isMineForNow(row, me) ? i18n.t("Acknowledge again") : verbWord(verb)}
      </Button>
    ) : null;
  };
  const isOpen = row.status !== "resolved";
  return (
    <div className={css.acts} role="toolbar" aria-label={i18n.t("Acts")}>
      {act("acknowledge", row.status === "triggered" ? "filled" : "default")}
      {act("resolve", row.status === "acknowledged" ? "filled" : "default")}
      {act("reopen", "default")}
      {act("escalate", "default")}
      {isOpen && (
        <>
          {act("unsnooze", "default", css.spare) ?? (
            <Button
              size="sm"
              variant="default"
              className={css.spare}
              leftSection={<IconClockPause size={17} />}
              onClick={() => ask("snooze")}
            >
              {i18n.t("Snooze")}
            </Button>
          )}
          <Button
            size="sm"
            variant="default"
            className={css.spare}
            leftSection={<IconPhonePlus size={17} />}
            onClick={() => ask("page")}
          >
            {i18n.t("Page helper")}
          </Button>
          <Menu position="bottom-end" width={220}>
            <Menu.Target>
              <Button size="sm" variant="default" rightSection={<IconChevronDown size={14} />}>
                {i18n.t("More")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {fits(row, "unsnooze") && (
                <Menu.Item
                  className={css.onPhone}
                  leftSection={<IconSunrise size={16} />}
                  onClick={() => run("unsnooze")}
                >
                  {verbWord("unsnooze")}
                </Menu.Item>
              )}
              <Menu.Item
                className={css.onPhone}
                leftSection={<IconClockPause size={16} />}
                onClick={() => ask("snooze")}
              >
                {row.state === "snoozed" ? i18n.t("Snooze longer or shorter") : i18n.t("Snooze")}
              </Menu.Item>
              <Menu.Item className={css.onPhone} leftSection={<IconPhonePlus size={16} />} onClick={() => ask("page")}>
                {i18n.t("Page helper")}
              </Menu.Item>
              <Menu.Item leftSection={<IconUserShare size={16} />} onClick={() => ask("reassign")}>
                {i18n.t("Reassign")}
              </Menu.Item>
              <Menu.Item leftSection={<IconGitMerge size={16} />} onClick={() => ask("merge")}>
                {i18n.t("Merge")}
              </Menu.Item>
              {fits(row, "unacknowledge") && (
                <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => run("unacknowledge")}>
                  {i18n.t("Give back")}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        </>
      )}
    </div>
  );
}
