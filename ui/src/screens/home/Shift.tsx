import { Link } from "@tanstack/react-router";
import dayjs from "dayjs";
import { useMemo } from "react";
import { useMe } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Card, exact, lapse, useNow } from "../../parts/marks";
import { People } from "../../parts/Person";
import css from "./Home.module.css";

const when = (at: string, now: number) =>
  dayjs(at).isSame(now, "day") ? dayjs(at).format("HH:mm") : dayjs(at).format("ddd HH:mm");

/** My watch now and the next, with how much of it is over. */
export function Shift() {
  const { oncall, next_oncall: next } = useMe();
  const now = useNow();
  return (
    <Card
      title={i18n.t("My shift")}
      action={
        <Link className={css.small} to="/schedules">
          {i18n.t("Schedules")}
        </Link>
      }
    >
      {oncall.map((duty) => {
        const total = duty.until ? dayjs(duty.until).diff(duty.since) : 0;
        const part = total ? Math.min(1, Math.max(0, dayjs(now).diff(duty.since) / total)) : 0;
        return (
          <div key={duty.schedule} className={css.duty}>
            <Link to={`/schedules/${duty.schedule}` as never}>{duty.name}</Link>
            <div title={exact(duty.until)}>
              {duty.until
                ? i18n.t("until {at}, still {span}", {
                    at: when(duty.until, now),
                    span: lapse(new Date(now).toISOString(), duty.until),
                  })
                : i18n.t("without an end")}
            </div>
            {total > 0 && (
              <progress className={css.part} value={part} aria-label={i18n.t("How much of the shift is over")} />
            )}
            <div className={css.dim}>
              {duty.next ? i18n.t("then {name}", { name: duty.next.name }) : i18n.t("then nobody")}
            </div>
          </div>
        );
      })}
      {oncall.length === 0 && <div>{i18n.t("You are off duty.")}</div>}
      {next && (
        <div className={css.dim} title={exact(next.since)}>
          {i18n.t("Next: {schedule}, {at}", { schedule: next.name, at: when(next.since, now) })}
        </div>
      )}
      {oncall.length === 0 && !next && <div className={css.dim}>{i18n.t("No schedule has you.")}</div>}
    </Card>
  );
}

/** Whose watch it is elsewhere; a schedule with nobody says so. */
export function OnCallNow() {
  const me = useMe();
  const { data: duties } = useGet("/api/v1/oncall", { every: 60_000 });
  const { data: schedules } = useGet("/api/v1/schedules", { query: { limit: 500 }, staleTime: 120_000 });
  const { data: users } = useGet("/api/v1/users", { query: { limit: 500 }, staleTime: 120_000 });
  const names = useMemo(
    () => ({
      schedule: new Map(schedules?.items.map((one) => [one.id, one.spec?.name ?? one.id]) ?? []),
      user: new Map(users?.items.map((one) => [one.id, one.spec.name]) ?? []),
    }),
    [schedules, users],
  );
  if (!duties) return null;
  return (
    <Card title={i18n.t("On call now")}>
      {duties.items.length === 0 && (
        <div className={css.dim}>
          {i18n.t("There is no schedule yet.")} <Link to="/schedules">{i18n.t("Make one")}</Link>
        </div>
      )}
      {duties.items.map((duty) => (
        <div key={duty.schedule} className={css.watch}>
          <Link to={`/schedules/${duty.schedule}` as never}>{names.schedule.get(duty.schedule) ?? duty.schedule}</Link>
          {duty.users.length ? (
            <People
              people={duty.users.map((user) => ({
                user,
                name: user === me.user.id ? i18n.t("you") : (names.user.get(user) ?? user),
              }))}
            />
          ) : (
            <span className={css.nobody}>
              {duty.next_change_at
                ? i18n.t("nobody until {at}", { at: when(duty.next_change_at, Date.now()) })
                : i18n.t("nobody")}
            </span>
          )}
        </div>
      ))}
    </Card>
  );
}
