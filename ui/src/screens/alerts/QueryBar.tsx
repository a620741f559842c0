import { ActionIcon, Autocomplete, Button, CloseButton, NativeSelect, TextInput, Tooltip } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconPlus, IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { Problem } from "../../api/client";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import css from "./QueryBar.module.css";
import { completions } from "./query/complete";
import { FIELDS, type Op, type Row, toRows, toText } from "./query/text";

/** The bar over the feed: matchers, CEL or words, completed as one types; the builder beside it says the same as rows. */
export function QueryBar({ text, set, fault }: { text: string; set: (text: string) => void; fault?: Problem | null }) {
  const [draft, setDraft] = useState(text);
  const [isBuilding, setBuilding] = useState(false);
  const { data } = useGet("/api/v1/alerts/labels", { staleTime: 60_000 });
  useEffect(() => setDraft(text), [text]);
  const found = completions(draft, data?.labels ?? []);
  const shown = new Map(found.map((one) => [one.text, one]));
  const refusal = fault?.status === 400 ? fault.errors[0] : undefined;
  return (
    <div className={css.bar}>
      <form
        className={css.line}
        onSubmit={(event) => {
          event.preventDefault();
          set(draft.trim());
        }}
      >
        <Autocomplete
          className={css.input}
          aria-label={i18n.t("Filter alerts")}
          placeholder={i18n.t('env="prod", alert.severity == "critical", or words of the title')}
          leftSection={<IconSearch size={15} />}
          rightSection={
            draft ? (
              <CloseButton
                size="sm"
                aria-label={i18n.t("Clear the filter")}
                onClick={() => {
                  setDraft("");
                  set("");
                }}
              />
            ) : null
          }
          value={draft}
          onChange={setDraft}
          onBlur={() => set(draft.trim())}
          data={[...shown.keys()]}
          filter={({ options }) => options}
          renderOption={({ option }) => (
            <span className={css.option}>
              <code>{shown.get(option.value)?.shown}</code>
              <small>{shown.get(option.value)?.count}</small>
            </span>
          )}
          error={
            refusal && (
              <>
                {/syntax error/i.test(refusal.message)
                  ? i18n.t("Not understood from character {n} on", { n: refusal.column })
                  : refusal.message}
                {" · "}
                {i18n.t("write it like {example}", { example: EXAMPLE })}
              </>
            )
          }
          spellCheck={false}
          autoComplete="off"
          size="sm"
          maxDropdownHeight={260}
        />
        <Tooltip label={i18n.t("Build the filter from rows")}>
          <ActionIcon
            size={34}
            variant={isBuilding ? "light" : "default"}
            aria-label={i18n.t("Build the filter from rows")}
            aria-expanded={isBuilding}
            onClick={() => setBuilding(!isBuilding)}
          >
            <IconAdjustmentsHorizontal size={17} />
          </ActionIcon>
        </Tooltip>
      </form>
      {isBuilding && <Builder text={text} set={set} names={(data?.labels ?? []).map((one) => one.name)} />}
    </div>
  );
}

function opWord(op: Op): string {
  switch (op) {
    case "=":
      return i18n.t("is");
    case "!=":
      return i18n.t("is not");
    case "=~":
      return i18n.t("matches");
    case "!~":
      return i18n.t("does not match");
    case "contains":
      return i18n.t("contains");
    case "starts":
      return i18n.t("begins with");
  }
}
const EXAMPLE = 'alert.severity == "critical" && labels.env == "prod"';
const OPS: Op[] = ["=", "!=", "=~", "!~", "contains", "starts"];

function Builder({ text, set, names }: { text: string; set: (text: string) => void; names: string[] }) {
  const rows = toRows(text);
  const [fresh, setFresh] = useState<Row | null>(null);
  if (rows === null)
    return (
      <p className={css.note}>
        {i18n.t("This condition is more than rows can show. It stays as text; change it above.")}
      </p>
    );
  const put = (at: number, row: Row) => set(toText(rows.map((one, index) => (index === at ? row : one))));
  return (
    <div className={css.rows}>
      {rows.map((row, at) => (
        <BuilderRow
          key={at}
          row={row}
          names={names}
          set={(after) => put(at, after)}
          drop={() => set(toText(rows.filter((_, index) => index !== at)))}
        />
      ))}
      {fresh ? (
        <BuilderRow
          row={fresh}
          names={names}
          set={(row) => {
            if (row.field && row.value) {
              set(toText([...rows, row]));
              setFresh(null);
            } else setFresh(row);
          }}
          drop={() => setFresh(null)}
        />
      ) : (
        <Button
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => setFresh({ field: "", op: "=", value: "" })}
        >
          {i18n.t("Add a condition")}
        </Button>
      )}
      {rows.length > 1 && <span className={css.note}>{i18n.t("All of these must hold.")}</span>}
    </div>
  );
}

function BuilderRow({
  row,
  names,
  set,
  drop,
}: {
  row: Row;
  names: string[];
  set: (row: Row) => void;
  drop: () => void;
}) {
  const [value, setValue] = useState(row.value);
  useEffect(() => setValue(row.value), [row.value]);
  const fields = [...new Set([...names, ...FIELDS.map((one) => `alert.${one}`), row.field])].filter(Boolean);
  return (
    <div className={css.row}>
      <NativeSelect
        aria-label={i18n.t("Label or field")}
        value={row.field}
        data={[{ value: "", label: i18n.t("Choose…") }, ...fields]}
        onChange={(event) => set({ ...row, field: event.currentTarget.value, value })}
      />
      <NativeSelect
        aria-label={i18n.t("Comparison")}
        value={row.op}
        data={OPS.map((op) => ({ value: op, label: opWord(op) }))}
        onChange={(event) => set({ ...row, op: event.currentTarget.value as Op, value })}
      />
      <TextInput
        aria-label={i18n.t("Value")}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        onBlur={() => value !== row.value && set({ ...row, value })}
        onKeyDown={(event) => event.key === "Enter" && !event.nativeEvent.isComposing && set({ ...row, value })}
      />
      <CloseButton aria-label={i18n.t("Remove this condition")} onClick={drop} />
    </div>
  );
}
