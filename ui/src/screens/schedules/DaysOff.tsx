import { ActionIcon, Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { i18n } from "../../i18n";
import { DateField } from "../../parts/DateField";
import { today, weekdayOfDate } from "../../parts/dates";
import css from "./Calendars.module.css";
import { type Day, pasted, withDays } from "./calendar";

const kinds = () => [
  { value: "off", label: i18n.t("day off") },
  { value: "worked", label: i18n.t("worked") },
];
const kindOf = (works: boolean) => (works ? "worked" : "off");

/** Single days that are not what their weekday says: a list to name and drop, one to add, many to paste. */
export function DaysOff({ days, onChange }: { days: Day[]; onChange: (days: Day[]) => void }) {
  const [all, setAll] = useState(false);
  const [pasting, setPasting] = useState(false);
  const now = today();
  const past = days.filter((one) => one.date < now).length;
  const shown = all ? days : days.slice(past);
  const put = (date: string, patch: Partial<Day>) =>
    onChange(days.map((one) => (one.date === date ? { ...one, ...patch } : one)));
  return (
    <fieldset className={css.week}>
      <legend className={css.legend}>{i18n.t("Holidays and make-up working days")}</legend>
      {days.length === 0 && (
        <Text size="sm" c="var(--t-dim)">
          {i18n.t("None yet: every day is what its weekday says.")}
        </Text>
      )}
      {past > 0 && (
        <Button variant="subtle" size="compact-xs" style={{ justifySelf: "start" }} onClick={() => setAll(!all)}>
          {all
            ? i18n.t("Hide the past")
            : i18n.t("{n, plural, one {# day of the past} other {# days of the past}}", { n: past })}
        </Button>
      )}
      <ul className={css.dates}>
        {shown.map((one) => (
          <li key={one.date} className={css.date}>
            <time dateTime={one.date}>
              {one.date} <small>{weekdayOfDate(one.date)}</small>
            </time>
            <TextInput
              size="xs"
              aria-label={i18n.t("Name of {date}", { date: one.date })}
              placeholder={i18n.t("Name (optional)")}
              maxLength={120}
              value={one.name}
              onChange={(event) => put(one.date, { name: event.currentTarget.value })}
            />
            <NativeSelect
              size="xs"
              aria-label={i18n.t("{date} is", { date: one.date })}
              data={kinds()}
              value={kindOf(one.works)}
              onChange={(event) => put(one.date, { works: event.currentTarget.value === "worked" })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={i18n.t("Remove {name}", { name: one.date })}
              onClick={() => onChange(days.filter((other) => other.date !== one.date))}
            >
              <IconX size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {pasting ? (
        <Paste
          close={() => setPasting(false)}
          add={(more) => {
            onChange(withDays(days, more));
            setAll(all || more.some((one) => one.date < now));
          }}
        />
      ) : (
        <Add add={(one) => onChange(withDays(days, [one]))} paste={() => setPasting(true)} />
      )}
    </fieldset>
  );
}

function Add({ add, paste }: { add: (day: Day) => void; paste: () => void }) {
  const [date, setDate] = useState("");
  const [name, setName] = useState("");
  const submit = () => {
    if (!date) return;
    add({ date, name, works: false });
    setDate("");
    setName("");
  };
  return (
    <div className={css.add}>
      <DateField aria-label={i18n.t("Another date")} size="xs" value={date} onChange={setDate} />
      <TextInput
        size="xs"
        flex={1}
        miw={110}
        aria-label={i18n.t("Its name")}
        placeholder={i18n.t("Name (optional)")}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && !event.nativeEvent.isComposing && submit()}
      />
      <Button variant="default" disabled={!date} onClick={submit}>
        {i18n.t("Add")}
      </Button>
      <Button variant="subtle" onClick={paste}>
        {i18n.t("Paste many…")}
      </Button>
    </div>
  );
}

function Paste({ add, close }: { add: (days: Day[]) => void; close: () => void }) {
  const [text, setText] = useState("");
  const [kind, setKind] = useState("off");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { days, unread } = pasted(text, kind === "worked");
  return (
    <Stack gap="xs" mt={6}>
      <Textarea
        ref={field}
        label={i18n.t("One day or one range a line, with a name if you like")}
        placeholder={i18n.t("2026-12-25 Christmas Day\n2026-10-01 – 2026-10-07 National Day")}
        autosize
        minRows={4}
        maxRows={10}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={
          unread.length > 0 &&
          i18n.t("{n, plural, one {# line has} other {# lines have}} no date: {line}", {
            n: unread.length,
            line: (unread[0] ?? "").slice(0, 60),
          })
        }
      />
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={i18n.t("These days are")}
          data={kinds()}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
        <Button
          disabled={days.length === 0}
          onClick={() => {
            add(days);
            close();
          }}
        >
          {i18n.t("{n, plural, =0 {Add} one {Add # day} other {Add # days}}", { n: days.length })}
        </Button>
        <Button variant="subtle" onClick={close}>
          {i18n.t("Cancel")}
        </Button>
      </Group>
    </Stack>
  );
}
