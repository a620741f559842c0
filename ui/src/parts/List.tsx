import { Button, Loader } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type CSSProperties, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Keys, useKeys } from "../frame/keys";
import { i18n } from "../i18n";
import { type Choice, spanned, toggled } from "./choice";
import css from "./List.module.css";
import { type Column, Rows } from "./ListRows";
import { type Steady, useSteady } from "./steady";
import type { Swipes } from "./swipe";

export { type Column, None } from "./ListRows";

/** The height of a phone's row of two lines. */
const TWO_LINES = 60;

export type ListProps<T> = {
  /** What a screen reader calls it. */
  label: string;
  items: T[];
  id: (item: T) => string;
  columns: Column<T>[];
  open?: (item: T) => void;
  /** The filter as text: another filter is another list. */
  filter?: string;
  more?: () => void;
  /** Hears which rows are in sight. */
  seen?: (first: number, last: number) => void;
  isFetching?: boolean;
  /** With it rows can be chosen. */
  choice?: Choice<T>;
  /** Keys that act on the chosen rows, else on the row under the cursor: `{ a: ["Acknowledge", run] }`. */
  acts?: Record<string, [string, (items: T[]) => void]>;
  /** What a row can be swiped for on a phone; buttons say the same. */
  swipe?: (item: T) => Swipes;
  /** The severity whose colour edges the row. */
  edge?: (item: T) => string;
  empty?: ReactNode;
  height?: string;
};

/**
 * The list of every screen: virtual rows of one line, the cursor follows the id (j/k, arrows), `x` chooses, Enter opens,
 * new rows wait behind a pill and never move what one looks at.
 */
export function List<T>(props: ListProps<T>) {
  const { label, items, id, columns, open, filter = "", more, isFetching = false, choice, empty, height } = props;
  const [cursor, setCursor] = useState<string | null>(null);
  const [hovered, setHovered] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const reveal = useRef<(index: number) => void>(() => undefined);
  const chosen = choice?.rows;
  const isBusy = hovered || scrolled || cursor !== null || Boolean(chosen?.size);
  const { rows, pending, renew } = useSteady(items, id, isBusy, filter);
  const { shown, below } = useLines(columns);
  const oneLine = Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue("--t-row"), 10) || 36;
  const rowHeight = below.length > 0 ? TWO_LINES : oneLine;
  const { onChoose } = useListKeys({ ...props, rows, cursor, setCursor, reveal, renew });

  const clear = choice?.clear;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen under another filter is not seen any more
  useEffect(() => clear?.(), [filter]);

  if (rows.length === 0 && !isFetching && pending === 0) return <>{empty}</>;
  const style = {
    "--columns": `${choice ? "28px " : ""}${shown.map((one) => one.width).join(" ")}`,
    "--row-height": `${rowHeight}px`,
    "--below-from": 1 + (choice ? 1 : 0) + (shown[0]?.title === "" ? 1 : 0), // what has no title is a mark, as wide as one
  };
  return (
    <div className={css.frame} style={style as CSSProperties}>
      {pending > 0 && (
        <Button
          className={css.pill}
          size="compact-sm"
          radius="xl"
          onClick={() => {
            renew();
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          {i18n.t("{n} new ↑", { n: pending })}
        </Button>
      )}
      <div
        className={css.list}
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length}
        aria-multiselectable={choice ? true : undefined}
        style={{ height }}
        tabIndex={0}
        onMouseEnter={() => setHovered(true)}
        onMouseLeave={() => setHovered(false)}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop > 4)}
      >
        <div className={css.head} role="row">
          {choice && <ChooseAll choice={choice} rows={rows} />}
          {shown.map((one) => (
            <span key={one.name} role="columnheader">
              {one.title}
            </span>
          ))}
        </div>
        <Rows
          {...{ rows, columns: shown, below, rowHeight, scroller, reveal, cursor, more, seen: props.seen, onChoose }}
          isChosen={choice && ((one) => choice.isAll || choice.rows.has(one))}
          onOpen={(index) => {
            const row = rows[index];
            if (!row) return;
            setCursor(row.id);
            open?.(row.item);
          }}
          edge={props.edge}
          swipe={props.swipe}
        />
        {isFetching && rows.length === 0 && <Loader size="sm" m="md" />}
      </div>
    </div>
  );
}

/** The columns of a row's line and, on a phone, those of its second: nothing is lost at the right. */
function useLines<T>(columns: Column<T>[]): { shown: Column<T>[]; below: Column<T>[] } {
  const isNarrow = useMediaQuery("(max-width: 700px)", false, { getInitialValueInEffect: false });
  return useMemo(() => {
    if (!isNarrow) return { shown: columns, below: [] };
    const place = (one: Column<T>) => one.rank ?? 5;
    const below = columns.filter((one) => one.wideOnly && one.rank !== null).sort((a, b) => place(a) - place(b));
    return { shown: columns.filter((one) => !one.wideOnly), below };
  }, [columns, isNarrow]);
}

/** The box at the head: every row that was read, or none. */
function ChooseAll<T>({ choice, rows }: { choice: Choice<T>; rows: Steady<T>[] }) {
  const { size } = choice.rows;
  return (
    <span role="columnheader" className={css.choose}>
      <input
        type="checkbox"
        aria-label={i18n.t("Select all")}
        checked={choice.isAll || (size > 0 && size === rows.length)}
        ref={(box) => {
          if (box) box.indeterminate = !choice.isAll && size > 0 && size < rows.length;
        }}
        onChange={() => (size ? choice.clear() : choice.choose(spanned(new Map(), rows, 0, rows.length - 1)))}
      />
    </span>
  );
}

type Hands<T> = ListProps<T> & {
  rows: Steady<T>[];
  cursor: string | null;
  setCursor: (id: string | null) => void;
  reveal: { current: (index: number) => void };
  renew: () => void;
};

/** What the keyboard does with the rows, and choosing one with the mouse, with shift from the one before. */
function useListKeys<T>({ rows, cursor, setCursor, reveal, renew, open, choice, acts }: Hands<T>) {
  const anchor = useRef<string | null>(null);
  const placeOf = (id: string | null) => (id === null ? -1 : rows.findIndex((row) => row.id === id));
  const go = (step: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, placeOf(cursor) + step));
    const row = rows[index];
    if (!row) return;
    setCursor(row.id);
    reveal.current(index);
  };
  const onChoose = useLatest((index: number, isSpan: boolean) => {
    const row = rows[index];
    if (!row || !choice) return;
    const from = isSpan ? placeOf(anchor.current) : -1;
    anchor.current = row.id;
    choice.choose(from < 0 ? toggled(choice.rows, row) : spanned(choice.rows, rows, from, index));
  });
  const aimed = (): T[] => {
    if (choice?.rows.size) return [...choice.rows.values()];
    const row = rows[placeOf(cursor)];
    return row ? [row.item] : [];
  };
  const openIt = () => {
    const row = rows[placeOf(cursor)];
    if (row) open?.(row.item);
  };
  const keys: Keys = {
    j: [i18n.t("Next row"), () => go(1)],
    k: [i18n.t("Previous row"), () => go(-1)],
    ArrowDown: ["", () => go(1)],
    ArrowUp: ["", () => go(-1)],
    Escape: [
      i18n.t("Let go"),
      () => {
        choice?.clear();
        setCursor(null);
      },
    ],
    ".": [i18n.t("Show new rows"), renew],
  };
  if (open) Object.assign(keys, { Enter: [i18n.t("Open"), openIt], o: ["", openIt] } satisfies Keys);
  if (choice)
    Object.assign(keys, {
      x: [i18n.t("Select"), () => onChoose(placeOf(cursor), false)],
      "shift+j": [
        i18n.t("Select downwards"),
        () => {
          choice.choose(spanned(choice.rows, rows, placeOf(cursor), placeOf(cursor) + 1));
          go(1);
        },
      ],
      "ctrl+a": [i18n.t("Select all"), () => choice.choose(spanned(new Map(), rows, 0, rows.length - 1))],
    } satisfies Keys);
  for (const [key, [words, run]] of Object.entries(acts ?? {}))
    keys[key] = [
      words,
      () => {
        const some = aimed();
        if (some.length) run(some);
      },
    ];
  useKeys(keys);
  return { onChoose };
}

/** A function that stays the same and does what its latest drawing says. */
function useLatest<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
  const latest = useRef(run);
  latest.current = run;
  return useCallback((...args: A) => latest.current(...args), []);
}
