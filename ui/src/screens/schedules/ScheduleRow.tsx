import { Link } from "@tanstack/react-router";
import dayjs from "dayjs";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { exact, useNow } from "../../parts/marks";
import { listed } from "../../words";
import { Bars, Gaps } from "./Board";
import { addDays, dateOf, instant, place } from "./geometry";
import css from "./Index.module.css";
import lanes from "./Lanes.module.css";

/** One schedule: who is on call now, until when, and the coming week as a strip. */
export function ScheduleRow({
  id,
  name,
  zone,
  now: on,
  until,
}: {
  id: string;
  name: string;
  zone: string;
  now?: string[];
  until?: string | null;
}) {
  const now = useNow();
  const today = dateOf(now, zone);
  const window = { start: instant(today, zone), end: instant(addDays(today, 7), zone) };
  const query = { start_at: new Date(window.start).toISOString(), end_at: new Date(window.end).toISOString() };
  const { data } = useGet("/api/v1/schedules/{schedule_id}/lanes", { path: { schedule_id: id }, query });
  const line = place({ start: now, end: now + 1 }, window);
  return (
    <Link to={`/schedules/${id}` as never} className={css.row}>
      <span className={css.name}>
        <strong>{name}</strong>
        <small>{zone}</small>
      </span>
      <span className={css.who} data-nobody={on?.length === 0 || undefined}>
        <strong>{on === undefined ? "…" : on.length ? listed(on) : i18n.t("Nobody on call")}</strong>
        <small>
          {until && (
            <time dateTime={until} title={exact(until)}>
              {on?.length
                ? i18n.t("changes {when}", { when: dayjs(until).from(now) })
                : i18n.t("begins {when}", { when: dayjs(until).from(now) })}
            </time>
          )}
        </small>
      </span>
      <span className={css.strip} aria-hidden="true">
        {data && (
          <>
            <Bars bars={data.final} window={window} zone={zone} users={data.fairness.map((one) => one.user)} />
            <Gaps gaps={data.gaps} window={window} />
          </>
        )}
        {line && <i className={lanes.now} style={{ left: `${line.left}%` }} />}
      </span>
    </Link>
  );
}
