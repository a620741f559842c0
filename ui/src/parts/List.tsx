import { Button, Checkbox, Loader } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useKeys } from "../frame/keys";
import { i18n } from "../i18n";
import css from "./List.module.css";
import { useSteady } from "./steady";

export type Column<T> = {
  name: string;
  title: string;
  /** A CSS grid width such as `120px` or `minmax(200px, 1fr)`. */
  width: string;
  cell: (item: T) => ReactNode;
  /** Left out on a phone. */
  wideOnly?: boolean;
};

/**
 * The list of every screen: virtual rows of one line, the cursor follows the id (j/k, arrows), `x` selects, Enter opens,
 * new rows wait behind a pill and never move what one looks at.
 */
export function List<T>({
  label,
  items,
  id,
  columns,
  open,
  filter = "",
  more,
  isFetching = false,
  onSelect,
  acts,
  edge,
  empty,
  height,
}: {
  /** What a screen reader calls it. */
  label: string;
  items: T[];
  id: (item: T) => string;
  columns: Column<T>[];
  open?: (item: T) => void;
  /** The filter as text: another filter is another list. */
  filter?: string;
  more?: () => void;
  isFetching?: boolean;
  /** With it rows can be selected. */
  onSelect?: (selected: T[]) => void;
  /** Keys that act on the selected rows, else on the row under the cursor: `{ a: ["Acknowledge", run] }`. */
  acts?: Record<string, [string, (items: T[]) => void]>;
  /** The severity whose colour edges the row. */
  edge?: (item: T) => string;
  empty?: ReactNode;
  height?: string;
}) {
  const [cursor, setCursor] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [hovered, setHovered] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = (scroller.current?.scrollTop ?? 0) > 4;
  const { rows, pending, renew } = useSteady(
    items,
    id,
    hovered || cursor !== null || selected.size > 0 || scrolled,
    filter,
  );
  const rowHeight = Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue("--t-row"), 10) || 36;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const at = rows.findIndex((row) => row.id === cursor);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a function of the parent may be new at each drawing
  useEffect(() => onSelect?.(rows.filter((row) => selected.has(row.id)).map((row) => row.item)), [selected]);
  const lastSeen = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && rows.length > 0 && lastSeen >= rows.length - 10) more();
  }, [lastSeen, rows.length, more]);

  const go = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    setCursor(row.id);
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const toggle = (one: string) =>
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(one)) after.add(one);
      return after;
    });
  const aimed = () => {
    const chosen = rows.filter((row) => selected.has(row.id));
    return (chosen.length ? chosen : rows.filter((row) => row.id === cursor)).map((row) => row.item);
  };
  const act = (run: (items: T[]) => void) => () => {
    const items = aimed();
    if (items.length) run(items);
  };
  useKeys({
    j: [i18n.t("Next row"), () => go(at + 1)],
    k: [i18n.t("Previous row"), () => go(at - 1)],
    ArrowDown: ["", () => go(at + 1)],
    ArrowUp: ["", () => go(at - 1)],
    ...(open
      ? {
          Enter: [
            i18n.t("Open"),
            () => {
              const row = rows[at];
              if (row) open(row.item);
            },
          ],
          o: [
            "",
            () => {
              const row = rows[at];
              if (row) open(row.item);
            },
          ],
        }
      : {}),
    ...(onSelect
      ? {
          x: [
            i18n.t("Select"),
            () => {
              if (cursor) toggle(cursor);
            },
          ],
          "shift+j": [
            i18n.t("Select downwards"),
            () => {
              if (cursor) setSelected((before) => new Set([...before, cursor, rows[at + 1]?.id ?? cursor]));
              go(at + 1);
            },
          ],
          "ctrl+a": [i18n.t("Select all"), () => setSelected(new Set(rows.map((row) => row.id)))],
        }
      : {}),
    Escape: [
      i18n.t("Let go"),
      () => {
        setSelected(new Set());
        setCursor(null);
      },
    ],
    ".": [i18n.t("Show new rows"), renew],
    ...Object.fromEntries(
      Object.entries(acts ?? {}).map(([key, [words, run]]) => [key, [words, act(run)] as [string, () => void]]),
    ),
  });

  if (rows.length === 0 && !isFetching && pending === 0) return <>{empty}</>;
  const grid = { gridTemplateColumns: `${onSelect ? "28px " : ""}${columns.map((one) => one.width).join(" ")}` };
  const narrow = {
    gridTemplateColumns: `${onSelect ? "28px " : ""}${columns
      .filter((one) => !one.wideOnly)
      .map((one) => one.width)
      .join(" ")}`,
  };
  const style = { "--wide": grid.gridTemplateColumns, "--narrow": narrow.gridTemplateColumns } as React.CSSProperties;
  return (
    <div className={css.frame} style={style}>
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
        aria-multiselectable={onSelect ? true : undefined}
        style={{ height }}
        tabIndex={0}
        onMouseEnter={() => setHovered(true)}
        onMouseLeave={() => setHovered(false)}
      >
        <div className={css.head} role="row">
          {onSelect && (
            <span role="columnheader">
              <Checkbox
                size="xs"
                aria-label={i18n.t("Select all")}
                checked={selected.size > 0 && selected.size === rows.length}
                indeterminate={selected.size > 0 && selected.size < rows.length}
                onChange={() => setSelected(selected.size ? new Set() : new Set(rows.map((row) => row.id)))}
              />
            </span>
          )}
          {columns.map((one) => (
            <span key={one.name} role="columnheader" data-wide={one.wideOnly || undefined}>
              {one.title}
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start, size }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on the cursor is the same (useKeys above)
              <div
                key={row.id}
                role="row"
                aria-rowindex={index + 1}
                aria-selected={selected.has(row.id)}
                data-id={row.id}
                data-cursor={row.id === cursor || undefined}
                data-gone={row.gone || undefined}
                data-edge={edge?.(row.item)}
                className={css.row}
                style={{ height: size, transform: `translateY(${start}px)` }}
                tabIndex={-1}
                onClick={(event) => {
                  if (!(event.target as HTMLElement).closest("a,button,input,label")) {
                    setCursor(row.id);
                    open?.(row.item);
                  }
                }}
              >
                {onSelect && (
                  <span role="gridcell">
                    <Checkbox
                      size="xs"
                      aria-label={i18n.t("Select {id}", { id: row.id })}
                      checked={selected.has(row.id)}
                      onChange={() => toggle(row.id)}
                    />
                  </span>
                )}
                {columns.map((one) => (
                  <span key={one.name} role="gridcell" data-wide={one.wideOnly || undefined} className={css.cell}>
                    {one.cell(row.item)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
        {isFetching && rows.length === 0 && <Loader size="sm" m="md" />}
      </div>
    </div>
  );
}
