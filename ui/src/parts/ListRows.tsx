/** The rows of a list that are on screen. Scrolling draws only these, and a row only when something of it changed. */

import { useRouter } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, memo, type ReactNode, type RefObject, useEffect } from "react";
import { i18n } from "../i18n";
import css from "./List.module.css";
import type { Steady } from "./steady";
import { type Swipes, useSwipe } from "./swipe";

export type Column<T> = {
  name: string;
  title: string;
  /** A CSS grid width such as `120px` or `minmax(200px, 1fr)`. */
  width: string;
  /** Plain elements: a thousand rows are drawn while one scrolls. Links may be `<a href>`, they do not load the page. */
  cell: (item: T) => ReactNode;
  /** On a phone it stands in the row's second line. */
  wideOnly?: boolean;
  /** Its place in that line: smaller comes first, 5 without one; null leaves it out. */
  rank?: number | null;
};

/** A value that is not there. In a phone's second line nothing is written for it. */
export function None() {
  return <span data-none>–</span>;
}

type Props<T> = {
  rows: Steady<T>[];
  columns: Column<T>[];
  /** Those of a phone's second line. */
  below: Column<T>[];
  rowHeight: number;
  scroller: RefObject<HTMLDivElement | null>;
  /** Brings a row into view by its place; filled in here. */
  reveal: RefObject<(index: number) => void>;
  cursor: string | null;
  /** Without it rows cannot be chosen. */
  isChosen?: (id: string) => boolean;
  onChoose: (index: number, isSpan: boolean) => void;
  onOpen: (index: number) => void;
  edge?: (item: T) => string;
  more?: () => void;
  seen?: (first: number, last: number) => void;
  swipe?: (item: T) => Swipes;
};

export function Rows<T>({ rows, columns, below, rowHeight, scroller, reveal, more, seen, swipe, ...props }: Props<T>) {
  const { cursor, isChosen, onChoose, onOpen, edge } = props;
  const router = useRouter();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  reveal.current = (index) => virtual.scrollToIndex(index);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the density may change while the list is shown
  useEffect(() => virtual.measure(), [rowHeight]);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && rows.length > 0 && last >= rows.length - AHEAD) more();
  }, [last, rows.length, more]);
  const first = shown[0]?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is in sight matters, the function may be another
  useEffect(() => seen?.(first, last), [first, last]);
  const { swiping, act, handlers } = useSwipe(
    swipe &&
      ((id) => {
        const row = rows.find((one) => one.id === id);
        return row ? swipe(row.item) : {};
      }),
  );

  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("[data-id]");
    const index = Number(row?.ariaRowIndex ?? 0) - 1;
    const link = target.closest<HTMLAnchorElement>("a[href^='/']");
    const isPlain = !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (index < 0) return;
    if (target.closest("[data-choose]")) onChoose(index, event.shiftKey);
    else if (link && !link.target && isPlain) {
      event.preventDefault();
      router.history.push(link.pathname + link.search + link.hash);
    } else if (!target.closest("a,button,input,label")) onOpen(index);
  };
  const at = shown.find(({ index }) => rows[index]?.id === swiping?.id);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on the cursor is the same (useKeys in List)
    <div
      role="rowgroup"
      className={css.rows}
      data-swipes={swipe ? "true" : undefined}
      style={{ height: virtual.getTotalSize() }}
      onClick={onClick}
      {...handlers}
    >
      {act && swiping && at && (
        <div
          className={css.wish}
          data-side={swiping.side}
          data-armed={swiping.armed || undefined}
          style={{ height: at.size, transform: `translateY(${at.start}px)` }}
        >
          <act.icon size={18} aria-hidden="true" />
          {act.words}
        </div>
      )}
      {shown.map(({ index, start, size }) => {
        const row = rows[index];
        return row ? (
          <Row
            key={row.id}
            id={row.id}
            index={index}
            item={row.item}
            gone={row.gone}
            start={start}
            size={size}
            columns={columns as Column<unknown>[]}
            below={below as Column<unknown>[]}
            edge={edge?.(row.item)}
            isAimed={row.id === cursor}
            isChosen={isChosen?.(row.id)}
          />
        ) : null;
      })}
    </div>
  );
}

/** Rows from the end at which the next page is asked for: about two screens of them. */
const AHEAD = 60;

type RowProps = {
  id: string;
  index: number;
  item: unknown;
  gone: boolean;
  start: number;
  size: number;
  columns: Column<unknown>[];
  below: Column<unknown>[];
  edge?: string;
  isAimed: boolean;
  isChosen?: boolean;
};

const Row = memo(function Row(props: RowProps) {
  const { id, index, item, gone, start, size, columns, below, edge, isAimed, isChosen } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isChosen}
      data-id={id}
      data-cursor={isAimed || undefined}
      data-gone={gone || undefined}
      data-edge={edge}
      className={css.row}
      style={{ height: size, transform: `translate(var(--swipe, 0px), ${start}px)` }}
      tabIndex={-1}
    >
      {isChosen !== undefined && (
        <span role="gridcell" className={css.choose} data-choose>
          <input type="checkbox" aria-label={i18n.t("Select {id}", { id })} checked={isChosen} readOnly />
        </span>
      )}
      {columns.map((one) => (
        <span key={one.name} role="gridcell" className={css.cell}>
          {one.cell(item)}
        </span>
      ))}
      {below.length > 0 && (
        <span role="gridcell" className={css.below}>
          {below.map((one) => (
            <span key={one.name}>{one.cell(item)}</span>
          ))}
        </span>
      )}
    </div>
  );
});
