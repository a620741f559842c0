/** One override: drag it, drag its edges, or use the arrow keys; Enter edits it, Delete takes it back. */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { i18n } from "../../i18n";
import type { Moved, Override } from "./Board";
import { HOUR, place, pulled, type Span } from "./geometry";
import css from "./Lanes.module.css";
import { CLING_PX } from "./useDraw";
import { stretch } from "./words";

type Part = "move" | "start" | "end";
const DEAD_PX = 3;

export function OverrideBar({
  one,
  hue,
  window: shown,
  zone,
  step,
  marks,
  mayChange,
  onMove,
  onOpen,
  onRemove,
}: {
  one: Override;
  hue: string;
  window: Span;
  zone: string;
  step: number;
  marks: number[];
  mayChange: boolean;
  onMove: Moved;
  onOpen: (one: Override) => void;
  onRemove: (one: Override) => void;
}) {
  const own: Span = { start: Date.parse(one.start_at), end: Date.parse(one.end_at) };
  const [held, setHeld] = useState<Span | null>(null);
  const grip = useRef<{ part: Part; x: number; perPx: number; hasMoved: boolean } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the server says replaces what was held
  useEffect(() => setHeld(null), [one.start_at, one.end_at]);
  const span = held ?? own;
  const at = place(span, shown);
  if (!at) return null;

  const take = (part: Part) => (event: PointerEvent<HTMLElement>) => {
    if (!mayChange || event.button !== 0) return;
    event.stopPropagation();
    const bar = event.currentTarget.closest<HTMLElement>("[data-movable]");
    const track = bar?.parentElement?.getBoundingClientRect();
    if (!bar || !track) return;
    bar.setPointerCapture(event.pointerId);
    grip.current = { part, x: event.clientX, perPx: (shown.end - shown.start) / track.width, hasMoved: false };
  };
  const pull = (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation();
    const hold = grip.current;
    if (!hold) return;
    const by = event.clientX - hold.x;
    if (!hold.hasMoved && Math.abs(by) < DEAD_PX) return;
    hold.hasMoved = true;
    setHeld(pulled(own, hold.part, by * hold.perPx, zone, step, { at: marks, reach: hold.perPx * CLING_PX }));
  };
  const drop = (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation();
    const hold = grip.current;
    grip.current = null;
    if (!hold) return;
    if (!hold.hasMoved) onOpen(one);
    else if (held && (held.start !== own.start || held.end !== own.end)) onMove(one, held);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === "ArrowRight" ? HOUR : event.key === "ArrowLeft" ? -HOUR : 0;
    if (by && mayChange) onMove(one, pulled(own, event.shiftKey ? "end" : "move", by, zone, step));
    else if ((event.key === "Delete" || event.key === "Backspace") && mayChange) onRemove(one);
    else if (event.key === "Enter" || event.key === " ") onOpen(one);
    else return;
    event.preventDefault();
  };
  return (
    <div
      role="button"
      tabIndex={0}
      className={css.bar}
      data-override
      data-movable={mayChange || undefined}
      data-held={(held && grip.current !== null) || undefined}
      data-testid={`override-${one.id}`}
      style={{ left: `${at.left}%`, width: `${at.width}%`, "--hue": hue } as React.CSSProperties}
      aria-label={i18n.t(
        "Override: {name}, {when}. Arrow keys move it, Shift and arrows change its end, Delete removes it.",
        { name: one.name, when: stretch(span.start, span.end, zone) },
      )}
      title={`${one.name} · ${stretch(span.start, span.end, zone)}${one.reason ? ` · ${one.reason}` : ""}`}
      onPointerDown={mayChange ? take("move") : (event) => event.stopPropagation()}
      onPointerMove={pull}
      onPointerUp={drop}
      onPointerCancel={() => {
        grip.current = null;
        setHeld(null);
      }}
      onKeyDown={onKeyDown}
    >
      <span>{held && grip.current ? stretch(span.start, span.end, zone) : one.name}</span>
      {mayChange && (
        <>
          <i className={css.edge} data-side="start" onPointerDown={take("start")} />
          <i className={css.edge} data-side="end" onPointerDown={take("end")} />
        </>
      )}
    </div>
  );
}
