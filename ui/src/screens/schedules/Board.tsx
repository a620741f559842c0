/** A schedule as three stacked lanes: layers, overrides, and what they come to. Drag on the last two to make an override. */
import { Tooltip } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { i18n } from "../../i18n";
import { useNow } from "../../parts/marks";
import { type DayColumn, place, type Span } from "./geometry";
import css from "./Lanes.module.css";
import { OverrideBar } from "./OverrideBar";
import { useDraw } from "./useDraw";
import { clockOf, dayWord, length, stretch, weekdayWord } from "./words";

export type Lanes = Schemas["LanesShown"];
export type Override = Lanes["overrides"][number];
type Bar = { user: string; name: string; start_at: string; end_at: string; source?: string };

export const spanOf = (one: { start_at: string; end_at: string }): Span => ({
  start: Date.parse(one.start_at),
  end: Date.parse(one.end_at),
});
const percent = (at: { left: number; width: number }) => ({ left: `${at.left}%`, width: `${at.width}%` });

/** Each person has the same hue in every lane, by the order of the fairness table. */
export function hueOf(users: string[], user: string): string {
  return `var(--t-hue-${(Math.max(0, users.indexOf(user)) % 6) + 1})`;
}

function Columns({ days, window, off }: { days: DayColumn[]; window: Span; off: Map<string, boolean> }) {
  return days.map((day) => {
    const at = place(day, window);
    const works = off.get(day.date);
    return at ? (
      <div
        key={day.date}
        className={css.column}
        style={percent(at)}
        data-off={(works === undefined && day.weekday > 4) || undefined}
        data-holiday={works === false || undefined}
        data-makeup={works === true || undefined}
      />
    ) : null;
  });
}

/** Who has the duty when, as bars that cannot be moved. */
export function Bars({ bars, window, zone, users }: { bars: Bar[]; window: Span; zone: string; users: string[] }) {
  return bars.map((one) => {
    const span = spanOf(one);
    const at = place(span, window);
    if (!at) return null;
    const words = `${one.name} · ${stretch(span.start, span.end, zone)}`;
    return (
      <Tooltip key={`${one.start_at}${one.user}`} label={words}>
        <div
          className={css.bar}
          data-still
          data-override={one.source?.startsWith("override:") || undefined}
          style={{ ...percent(at), "--hue": hueOf(users, one.user) } as React.CSSProperties}
        >
          <span>{one.name}</span>
        </div>
      </Tooltip>
    );
  });
}

export function Gaps({ gaps, window }: { gaps: { start_at: string; end_at: string }[]; window: Span }) {
  return gaps.map((one) => {
    const at = place(spanOf(one), window);
    return at ? (
      <div key={one.start_at} className={css.gap} style={percent(at)}>
        <span className={css.hidden}>{i18n.t("Nobody is on call")}</span>
      </div>
    ) : null;
  });
}

/** The holidays that have a name: a name for all its days. */
function named(days: Lanes["holidays"]): string {
  const all = new Map<string, string[]>();
  for (const one of days) {
    if (!one.is_working && one.label) all.set(one.label, [...(all.get(one.label) ?? []), one.date]);
  }
  return [...all].map(([label, dates]) => `${label} ${dayWord(dates[0] ?? "")}`).join(", ");
}

/** `Thu 1 Oct · National Day`, and how long it is when that is not 24 hours. */
function aboutDay(day: DayColumn, off?: Lanes["holidays"][number]): string {
  const long = (day.end - day.start) / 3_600_000;
  const words = long === 24 ? dayWord(day.date) : i18n.t("{day}: {long} hours", { day: dayWord(day.date), long });
  return off ? `${words} · ${off.label || (off.is_working ? i18n.t("Make-up day") : i18n.t("Holiday"))}` : words;
}

export function DayHead({
  days,
  window,
  zone,
  holidays = [],
}: {
  days: DayColumn[];
  window: Span;
  zone: string;
  holidays?: Lanes["holidays"];
}) {
  const now = useNow();
  const at = place({ start: now, end: now + 1 }, window);
  const sparse = days.length > 14;
  return (
    <div className={css.head}>
      <span />
      <div className={css.days}>
        {days.map((day) => {
          const where = place(day, window);
          if (!where) return null;
          return (
            <div
              key={day.date}
              className={css.day}
              style={percent(where)}
              data-today={(day.start <= now && now < day.end) || undefined}
              title={aboutDay(
                day,
                holidays.find((one) => one.date === day.date),
              )}
            >
              {sparse ? weekdayWord(day.weekday).slice(0, 2) : weekdayWord(day.weekday)}
              <b>{Number(day.date.slice(8))}</b>
            </div>
          );
        })}
        {at && !sparse && (
          <span className={css.nowDot} style={{ left: `clamp(22px, ${at.left}%, 100% - 22px)` }}>
            {clockOf(now, zone)}
          </span>
        )}
      </div>
    </div>
  );
}

/** Hand-overs of the layers, and midnights: where a dragged edge most likely belongs. */
function marksOf(lanes: Lanes, days: DayColumn[]): number[] {
  const shifts = lanes.layers.flatMap((one) => one.shifts);
  return [
    ...new Set([
      ...shifts.flatMap((one) => [Date.parse(one.start_at), Date.parse(one.end_at)]),
      ...days.map((one) => one.start),
    ]),
  ];
}

export type Moved = (one: Override, span: Span) => void;

/** All lanes. `onDraw` gets what was dragged out, `onMove` an override and where it was put, `onOpen` one to edit. */
export function Board({
  lanes,
  days,
  window,
  zone,
  step,
  mayChange,
  draft,
  onDraw,
  onMove,
  onOpen,
  onRemove,
}: {
  lanes: Lanes;
  days: DayColumn[];
  window: Span;
  zone: string;
  step: number;
  mayChange: boolean;
  /** What the open form would make. */
  draft: Span | null;
  onDraw: (span: Span) => void;
  onMove: Moved;
  onOpen: (one: Override) => void;
  onRemove: (one: Override) => void;
}) {
  const now = useNow();
  const users = lanes.fairness.map((one) => one.user);
  const off = new Map(lanes.holidays.map((one) => [one.date, one.is_working]));
  const marks = marksOf(lanes, days);
  const line = place({ start: now, end: now + 1 }, window);
  const { drawing, handlers } = useDraw({ window, zone, step, marks, when: mayChange, onDraw });
  const shown = drawing ?? draft;
  const ghost = shown && place(shown, window);
  const track = (key: string, label: string, kind: string, bars: ReactNode) => {
    const open = mayChange && kind !== "layer";
    return (
      <div className={css.lane} data-kind={kind} key={key} role="group" aria-label={label}>
        <div className={css.label} title={label}>
          {label}
        </div>
        <div
          className={css.track}
          data-open={open || undefined}
          data-testid={`lane-${kind}`}
          {...(open ? handlers : {})}
        >
          <Columns days={days} window={window} off={off} />
          {bars}
          {open && ghost && shown && <div className={css.draft} style={percent(ghost)} />}
          {kind === "final" && ghost && shown && (
            <div className={css.tip} style={{ left: `${Math.min(84, Math.max(16, ghost.left + ghost.width / 2))}%` }}>
              {stretch(shown.start, shown.end, zone)} · {length(shown.end - shown.start)}
            </div>
          )}
          {line && <div className={css.now} style={{ left: `${line.left}%` }} />}
        </div>
      </div>
    );
  };
  const group = (words: string, first = false) => (
    <div className={css.group} data-first={first || undefined}>
      {words}
    </div>
  );
  return (
    <div className={css.board} data-testid="schedule-board">
      <DayHead days={days} window={window} zone={zone} holidays={lanes.holidays} />
      {group(i18n.t("Who is on call"), true)}
      {track(
        "final",
        i18n.t("Final"),
        "final",
        <>
          <Bars bars={lanes.final} window={window} zone={zone} users={users} />
          <Gaps gaps={lanes.gaps} window={window} />
        </>,
      )}
      {group(i18n.t("Overrides"))}
      {track(
        "overrides",
        mayChange ? i18n.t("Drag to add") : i18n.t("Overrides"),
        "override",
        lanes.overrides.map((one) => (
          <Fragment key={one.id}>
            <OverrideBar
              one={one}
              hue={hueOf(users, one.user)}
              window={window}
              zone={zone}
              step={step}
              marks={marks}
              mayChange={mayChange}
              onMove={onMove}
              onOpen={onOpen}
              onRemove={onRemove}
            />
          </Fragment>
        )),
      )}
      {group(i18n.t("Layers"))}
      {lanes.layers.map((one) =>
        track(one.id, one.name, "layer", <Bars bars={one.shifts} window={window} zone={zone} users={users} />),
      )}
      <Legend lanes={lanes} />
    </div>
  );
}

function Legend({ lanes }: { lanes: Lanes }) {
  return (
    <div className={css.foot}>
      <span>
        <i className={css.gap} />
        {lanes.gaps.length
          ? i18n.t("{n, plural, one {# gap: nobody is on call} other {# gaps: nobody is on call}}", {
              n: lanes.gaps.length,
            })
          : i18n.t("No gaps here")}
      </span>
      {lanes.holidays.some((one) => !one.is_working) && (
        <span>
          <i data-holiday />
          {[i18n.t("Holiday"), named(lanes.holidays)].filter(Boolean).join(": ")}
        </span>
      )}
      {lanes.holidays.some((one) => one.is_working) && (
        <span>
          <i data-makeup />
          {i18n.t("Make-up working day")}
        </span>
      )}
    </div>
  );
}
