import { ActionIcon, Button, Group } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { i18n } from "../../i18n";
import { ClockField } from "../../parts/DateField";
import css from "./Calendars.module.css";
import { flawOf, type Open, type Week } from "./calendar";
import { weekdayWord } from "./words";

const SPANS_MAX = 6;
const OFFICE: Open = { start: "09:00", end: "18:00" };
const ALWAYS: Open = { start: "00:00", end: "24:00" };
const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** The open hours of a week: seven days, each with its spans and a picture of them. */
export function WeekHours({ week, onChange }: { week: Week; onChange: (week: Week) => void }) {
  const setDay = (weekday: number, spans: Open[]) =>
    onChange(week.map((old, index) => (index === weekday ? spans : old)));
  const all = (span: Open, days: number[]) =>
    onChange(week.map((_, weekday) => (days.includes(weekday) ? [{ ...span }] : [])));
  return (
    <fieldset className={css.week}>
      <legend className={css.legend}>{i18n.t("Open hours")}</legend>
      <Group gap="xs" mb={4}>
        <Button variant="default" size="compact-xs" onClick={() => all(OFFICE, [0, 1, 2, 3, 4])}>
          {i18n.t("Office hours")}
        </Button>
        <Button variant="default" size="compact-xs" onClick={() => all(ALWAYS, [0, 1, 2, 3, 4, 5, 6])}>
          {i18n.t("Around the clock")}
        </Button>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() =>
            onChange(week.map((old, weekday) => (weekday < 5 ? (week[0] ?? []).map((one) => ({ ...one })) : old)))
          }
        >
          {i18n.t("Monday's hours until Friday")}
        </Button>
      </Group>
      {week.map((spans, weekday) => (
        <DayHours key={weekday} weekday={weekday} spans={spans} onChange={(next) => setDay(weekday, next)} />
      ))}
    </fieldset>
  );
}

function DayHours({ weekday, spans, onChange }: { weekday: number; spans: Open[]; onChange: (spans: Open[]) => void }) {
  const day = weekdayWord(weekday);
  const flaw = spans.map((one) => flawOf(one, spans)).find(Boolean);
  const put = (index: number, patch: Partial<Open>) =>
    onChange(spans.map((one, at) => (at === index ? { ...one, ...patch } : one)));
  const last = spans.at(-1)?.end ?? "";
  const next = !last
    ? OFFICE
    : last < "18:00"
      ? { start: last < "13:00" ? "13:00" : last, end: "18:00" }
      : { start: last, end: "24:00" };
  return (
    <div className={css.day} role="group" aria-label={day}>
      <span>{day}</span>
      <div className={css.spans}>
        {spans.length === 0 && <span className={css.closed}>{i18n.t("closed")}</span>}
        {spans.map((one, index) => (
          <span key={index} className={css.span}>
            <ClockField
              aria-label={i18n.t("{day} from", { day })}
              size="xs"
              value={one.start}
              onChange={(start) => put(index, { start })}
            />
            –
            <ClockField
              aria-label={i18n.t("{day} until", { day })}
              size="xs"
              mayEnd
              value={one.end}
              onChange={(end) => put(index, { end })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={i18n.t("{day}: close {start} to {end}", { day, start: one.start, end: one.end })}
              onClick={() => onChange(spans.filter((_, at) => at !== index))}
            >
              <IconX size={14} />
            </ActionIcon>
          </span>
        ))}
        {spans.length < SPANS_MAX && last !== "24:00" && (
          <ActionIcon
            variant="subtle"
            aria-label={i18n.t("{day}: more hours", { day })}
            onClick={() => onChange([...spans, next])}
          >
            <IconPlus size={16} />
          </ActionIcon>
        )}
        {flaw && (
          <span className={css.flaw} role="alert">
            {flaw}
          </span>
        )}
      </div>
      <div className={css.bar} aria-hidden="true">
        {spans.map(
          (one, index) =>
            one.start < one.end && (
              <i
                key={index}
                style={{
                  left: `${minutes(one.start) / 14.4}%`,
                  width: `${(minutes(one.end) - minutes(one.start)) / 14.4}%`,
                }}
              />
            ),
        )}
      </div>
    </div>
  );
}
