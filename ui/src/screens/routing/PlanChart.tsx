import { useMediaQuery } from "@mantine/hooks";
import type { Schemas } from "../../api/client";
import { i18n } from "../../i18n";
import { channelWord } from "../../words";
import { ticks } from "./ladder";
import css from "./Routing.module.css";
import { minutesWord } from "./words";

type Plan = Schemas["SimulationShown"]["plan"];
/** How wide it is drawn and where the times begin; a phone scales less down, so that words stay readable. */
const WIDE = { width: 720, left: 120, name: 16, every: 1 };
const NARROW = { width: 380, left: 92, name: 11, every: 2 };
/** What "Step 2" takes; a narrower band has its number alone. */
const WORD = 48;
const RIGHT = 24;
const TOP = 42;
const ROW = 30;

/** Bands of the steps: from the first message of one to that of the next. */
function bands(plan: Plan, most: number) {
  const starts = new Map<string, { at: number; step: number; round: number }>();
  for (const one of plan) {
    const key = `${one.round}.${one.step}`;
    const known = starts.get(key);
    if (!known || one.offset_ms < known.at) starts.set(key, { at: one.offset_ms, step: one.step, round: one.round });
  }
  const all = [...starts.values()].sort((a, b) => a.at - b.at);
  return all.map((one, index) => ({ ...one, until: all[index + 1]?.at ?? most }));
}

/** Rows are people, marks are messages, bands are steps. The table beneath says the same in words. */
export function PlanChart({ plan }: { plan: Plan }) {
  const { width, left, name: letters, every } = useMediaQuery("(max-width: 700px)") ? NARROW : WIDE;
  const people = [...new Map(plan.map((one) => [one.user, one.name])).entries()];
  const last = Math.max(...plan.map((one) => one.offset_ms));
  const most = Math.max(60_000, last * 1.12);
  const x = (ms: number) => left + (ms / most) * (width - left - RIGHT);
  const height = TOP + people.length * ROW + 26;
  return (
    <svg
      className={css.chart}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={i18n.t("Who is told over time; the table below says the same")}
    >
      {bands(plan, most).map((band, index) => (
        <g key={`${band.round}.${band.step}`}>
          <rect
            className={css.band}
            data-odd={index % 2 || undefined}
            x={x(band.at)}
            y={22}
            width={Math.max(2, x(band.until) - x(band.at))}
            height={height - 48}
          />
          <text className={css.dim} x={x(band.at) + 4} y={36}>
            {x(band.until) - x(band.at) > WORD ? i18n.t("Step {number}", { number: band.step + 1 }) : band.step + 1}
          </text>
        </g>
      ))}
      {ticks(most).map((at, index) => (
        <g key={at}>
          <line x1={x(at)} x2={x(at)} y1={22} y2={height - 26} />
          {index % every === 0 && (
            <text className={css.dim} x={x(at)} y={height - 8} textAnchor="middle">
              {minutesWord(at / 1000)}
            </text>
          )}
        </g>
      ))}
      {people.map(([user, name], row) => {
        const y = TOP + row * ROW + ROW / 2;
        return (
          <g key={user}>
            <text x={0} y={y + 4}>
              {name.length > letters ? `${name.slice(0, letters - 1)}…` : name}
            </text>
            <line x1={left} x2={width - RIGHT} y1={y} y2={y} />
            {plan
              .filter((one) => one.user === user)
              .map((one, index) => (
                <circle
                  key={index}
                  className={css.mark}
                  data-digest={one.in_digest || undefined}
                  cx={x(one.offset_ms)}
                  cy={y}
                  r={7}
                >
                  <title>{`${minutesWord(Math.round(one.offset_ms / 1000))} · ${one.name} · ${channelWord(one.channel)} · ${one.why}`}</title>
                </circle>
              ))}
          </g>
        );
      })}
    </svg>
  );
}
