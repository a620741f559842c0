/**
 * Dates and times in our language, not in the browser's: typed (`11-25`, `9`) or stepped with the arrow keys; a calendar
 * opens beside a date. Values are the API's own: `2026-11-25`, `09:00`, `2026-11-25T09:00`; empty for none or unreadable.
 */
import { ActionIcon, Input, Loader, Popover, TextInput } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useId, useState } from "react";
import { i18n } from "../i18n";
import css from "./DateField.module.css";
import { clockOf, dateOf, later, laterClock, today, weekdayOfDate } from "./dates";

const Calendar = lazy(() => import("./Calendar"));

type Field = {
  label?: string;
  "aria-label"?: string;
  description?: ReactNode;
  error?: ReactNode;
  size?: string;
  value: string;
  onChange: (value: string) => void;
};

/** What is typed waits here until it can be read; what cannot stands there with what to mend. */
function useTyped(value: string, read: (text: string) => string | null, onChange: (value: string) => void) {
  const [text, setText] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const put = (next: string) => {
    setText(null);
    setWrong(false);
    if (next !== value) onChange(next);
  };
  const settle = () => {
    if (text === null) return;
    const found = text.trim() ? read(text) : "";
    if (found !== null) return put(found);
    setWrong(true);
    onChange("");
  };
  const type = (next: string) => {
    setText(next);
    setWrong(false);
    // what is written out in full counts at once
    if (next.length >= 5 && read(next) === next) onChange(next);
  };
  return { shown: text ?? value, isWrong, put, settle, type };
}

function keysOf(settle: () => void, steps: [string, () => void][]) {
  return (event: KeyboardEvent) => {
    const name = `${event.altKey ? "Alt+" : ""}${event.key}`;
    if (event.key === "Enter") settle();
    const run = steps.find(([key]) => key === name)?.[1];
    if (!run) return;
    event.preventDefault();
    run();
  };
}

export function DateField({ value, onChange, error, ...field }: Field) {
  const typed = useTyped(value, dateOf, onChange);
  const [open, setOpen] = useState(false);
  const from = dateOf(typed.shown) ?? today();
  const onKeyDown = keysOf(typed.settle, [
    ["ArrowUp", () => typed.put(later(from, 1))],
    ["ArrowDown", () => typed.put(later(from, -1))],
    ["PageUp", () => typed.put(later(from, 0, 1))],
    ["PageDown", () => typed.put(later(from, 0, -1))],
    ["Alt+ArrowDown", () => setOpen(true)],
  ]);
  return (
    <TextInput
      {...field}
      className={css.date}
      placeholder={i18n.t("YYYY-MM-DD")}
      autoComplete="off"
      value={typed.shown}
      onChange={(event) => typed.type(event.currentTarget.value)}
      onBlur={typed.settle}
      onKeyDown={onKeyDown}
      error={typed.isWrong ? i18n.t("Write it like 2026-11-25") : error}
      rightSectionWidth={value ? 68 : 34}
      rightSection={
        <span className={css.end}>
          {value && !typed.isWrong && weekdayOfDate(value)}
          <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus shadow="md" withRoles>
            <Popover.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={i18n.t("Open the calendar")}
                onClick={() => setOpen(!open)}
              >
                <IconCalendar size={16} />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown aria-label={i18n.t("Calendar")}>
              <Suspense fallback={<Loader size="sm" />}>
                <Calendar
                  value={value}
                  onChange={(date) => {
                    typed.put(date);
                    setOpen(false);
                  }}
                />
              </Suspense>
            </Popover.Dropdown>
          </Popover>
        </span>
      }
    />
  );
}

/** A time of day, on a clock of 24 hours in every language. `mayEnd`: 24:00 is one. */
export function ClockField({ value, onChange, mayEnd = false, error, ...field }: Field & { mayEnd?: boolean }) {
  const typed = useTyped(value, (text) => clockOf(text, mayEnd), onChange);
  const from = clockOf(typed.shown) ?? "00:00";
  const onKeyDown = keysOf(typed.settle, [
    ["ArrowUp", () => typed.put(laterClock(from, 15))],
    ["ArrowDown", () => typed.put(laterClock(from, -15))],
  ]);
  return (
    <TextInput
      {...field}
      className={css.clock}
      placeholder="09:00"
      inputMode="numeric"
      autoComplete="off"
      value={typed.shown}
      onChange={(event) => typed.type(event.currentTarget.value)}
      onBlur={typed.settle}
      onKeyDown={onKeyDown}
      error={typed.isWrong ? i18n.t("Like 09:00") : error}
    />
  );
}

/** A date and a time of day on some clock: `2026-11-25T09:00`. */
export function MomentField({ label, description, error, value, onChange, size, ...field }: Field) {
  const id = useId();
  const [kept, setKept] = useState(["", ""]);
  const [date = "", clock = ""] = value ? value.split("T") : kept;
  const put = (day: string, time: string) => {
    setKept([day, time]);
    onChange(day && time ? `${day}T${time}` : "");
  };
  const name = label ?? field["aria-label"] ?? "";
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      labelProps={{ id }}
      description={description}
      error={error}
      size={size}
      role="group"
      aria-labelledby={label ? id : undefined}
      aria-label={label ? undefined : name}
    >
      <div className={css.moment}>
        <DateField
          aria-label={i18n.t("{name}: date", { name })}
          size={size}
          value={date}
          onChange={(day) => put(day, clock || (day ? "09:00" : ""))}
        />
        <ClockField
          aria-label={i18n.t("{name}: time", { name })}
          size={size}
          value={clock}
          onChange={(time) => put(date || (time ? today() : ""), time)}
        />
      </div>
    </Input.Wrapper>
  );
}
