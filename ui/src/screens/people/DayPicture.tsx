/** A day of 24 hours by urgency: which way is taken when. A slider asks any minute what would happen then. */
import { Slider } from "@mantine/core";
import { useState } from "react";
import { i18n } from "../../i18n";
import { useNow } from "../../parts/marks";
import css from "./day.module.css";
import type { Named } from "./Rules";
import {
  at,
  clock,
  DAY,
  DAY_BEGINS,
  DAY_ENDS,
  gaps,
  type Night,
  type Rule,
  type Span,
  type Urgency,
  ways,
} from "./rules";
import { afterWords, urgencyWord } from "./words";

const URGENCIES: Urgency[] = ["high", "low"];
const share = (minute: number) => `${(100 * minute) / DAY}%`;
const place = ([from, to]: Span) => ({ insetInlineStart: share(from), width: share(to - from) });

/** The minute of the day in a zone. */
export function minuteIn(zone: string, now: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const [hour = "0", minute = "0"] = parts.format(now).split(":");
  return Number(hour) * 60 + Number(minute);
}

export function DayPicture({ rules, contacts, zone }: { rules: Rule[]; contacts: Named[]; zone: string }) {
  const here = minuteIn(zone, useNow());
  const [chosen, setChosen] = useState<number | null>(null);
  const minute = chosen ?? here;
  return (
    <div className={css.picture}>
      <div className={css.hours} aria-hidden="true">
        {[0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) => (
          <span key={hour} style={{ insetInlineStart: share(hour * 60) }}>
            {String(hour).padStart(2, "0")}
          </span>
        ))}
      </div>
      {URGENCIES.map((urgency) => (
        <Lane key={urgency} urgency={urgency} rules={rules} contacts={contacts} minute={minute} />
      ))}
      <div className={css.slider}>
        <Slider
          thumbLabel={i18n.t("At what time")}
          label={clock}
          min={0}
          max={DAY - 1}
          step={5}
          value={minute}
          onChange={setChosen}
          size="xs"
          color="gray"
        />
      </div>
      <div className={css.answer} aria-live="polite">
        <b>
          {chosen === null
            ? i18n.t("Now, {time} in {zone}", { time: clock(minute), zone })
            : i18n.t("At {time} in {zone}", { time: clock(minute), zone })}
        </b>
        {URGENCIES.map((urgency) => (
          <Words
            key={urgency}
            urgency={urgency}
            night={at(
              rules,
              contacts.filter((one) => one.verified),
              urgency,
              minute,
            )}
            contacts={contacts}
          />
        ))}
      </div>
    </div>
  );
}

function Lane({
  urgency,
  rules,
  contacts,
  minute,
}: {
  urgency: Urgency;
  rules: Rule[];
  contacts: Named[];
  minute: number;
}) {
  const usable = contacts.filter((one) => one.verified);
  const rows = ways(rules, usable, urgency);
  const open = gaps(rows, usable);
  const gapWords = (from: number) =>
    usable.length === 0
      ? i18n.t("the mailbox only")
      : urgency === "low" && (from < DAY_BEGINS || from >= DAY_ENDS)
        ? i18n.t("waits until 08:00")
        : i18n.t("every contact point");
  const cuts = urgency === "low" && usable.length > 0 ? open.flatMap(cutByDay) : open;
  return (
    <div className={css.lane}>
      <div className={css.title}>{urgencyWord(urgency)}</div>
      <div className={css.field}>
        <i className={css.night} style={place([0, DAY_BEGINS])} />
        <i className={css.night} style={place([DAY_ENDS, DAY])} />
        {rows.map((row) => {
          const index = contacts.findIndex((one) => one.id === row.contact);
          const contact = contacts[index];
          const words = `${contact?.name ?? i18n.t("removed")} · ${afterWords(row.delay_s)}`;
          return (
            <div key={`${row.rule} ${row.contact}`} className={css.row}>
              {row.spans.map((span) => (
                <span
                  key={span[0]}
                  className={css.bar}
                  data-hue={(Math.max(0, index) % 6) + 1}
                  data-dead={!contact?.verified || undefined}
                  style={place(span)}
                  title={`${clock(span[0])}–${clock(span[1])} · ${words}`}
                >
                  {words}
                </span>
              ))}
            </div>
          );
        })}
        {cuts.length > 0 && (
          <div className={css.row}>
            {cuts.map((span) => (
              <span key={span[0]} className={css.gap} style={place(span)} title={gapWords(span[0])}>
                {gapWords(span[0])}
              </span>
            ))}
          </div>
        )}
        <i className={css.now} style={{ insetInlineStart: share(minute) }} />
      </div>
    </div>
  );
}

/** Cut where the delivery hours begin and end, because what happens there changes. */
function cutByDay([from, to]: Span): Span[] {
  const cuts = [from, ...[DAY_BEGINS, DAY_ENDS].filter((one) => from < one && one < to), to];
  return cuts.slice(1).map((end, index) => [cuts[index] ?? from, end]);
}

function Words({ urgency, night, contacts }: { urgency: Urgency; night: Night; contacts: Named[] }) {
  const name = (id: string) => contacts.find((one) => one.id === id)?.name ?? id;
  return (
    <div className={css.words}>
      <span className={css.urgency}>{urgencyWord(urgency)}</span>
      {night.told.length === 0 ? (
        <span className={css.bad}>{i18n.t("the mailbox only; nothing wakes anybody")}</span>
      ) : (
        <ol className={css.steps}>
          {night.waitsForDay && <li>{i18n.t("waits until 08:00, then")}</li>}
          {night.told.map((one) => (
            <li key={`${one.contact} ${one.delay_s}`}>
              <b>{name(one.contact)}</b> {afterWords(one.delay_s)}
            </li>
          ))}
          {night.isFallback && <li className={css.dim}>{i18n.t("(no rule speaks then: every contact point)")}</li>}
        </ol>
      )}
    </div>
  );
}
