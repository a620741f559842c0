import { Tooltip } from "@mantine/core";
import { IconPhone } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import dayjs from "dayjs";
import { useMe } from "../api/me";
import { i18n } from "../i18n";
import { exact, useNow } from "../parts/marks";
import css from "./Frame.module.css";

function clock(at: string, now: number): string {
  return dayjs(at).isSame(now, "day") ? dayjs(at).format("HH:mm") : dayjs(at).format("ddd HH:mm");
}

/** "You: Primary until 18:00", and who is next. */
export function OnCallChip() {
  const { oncall, next_oncall: next } = useMe();
  const now = useNow();
  const duty = oncall[0];
  if (duty) {
    const words = duty.until
      ? i18n.t("You: {schedule} until {at}", { schedule: duty.name, at: clock(duty.until, now) })
      : i18n.t("You: {schedule}", { schedule: duty.name });
    const after = duty.next ? i18n.t("Next: {name}", { name: duty.next.name }) : i18n.t("Nobody is next");
    return (
      <Tooltip label={`${after} · ${exact(duty.until)}`}>
        <Link to={`/schedules/${duty.schedule}` as never} className={css.chip} data-on>
          <IconPhone size={13} aria-hidden="true" />
          {words}
        </Link>
      </Tooltip>
    );
  }
  return (
    <Link to={next ? (`/schedules/${next.schedule}` as never) : "/schedules"} className={css.chip}>
      {next ? i18n.t("Off duty · next {at}", { at: clock(next.since, now) }) : i18n.t("Off duty")}
    </Link>
  );
}
