/**
 * Swiping a row with the finger: to the right its main act, to the left the other one. Law: a finger that goes up or down
 * scrolls, whatever else it does; nothing is done before it is lifted beyond the mark, and going back undoes the wish.
 */
import type { IconCheck } from "@tabler/icons-react";
import { type PointerEvent, useRef, useState } from "react";

export type SwipeAct = { words: string; icon: typeof IconCheck; run: () => void };
export type Side = "right" | "left";
/** What a row can be swiped for. */
export type Swipes = { [side in Side]?: SwipeAct };
/** What is shown beside a row that is being swiped. `armed`: lifting the finger now does it. */
export type Swiping = { id: string; side: Side; armed: boolean };

/** How far a finger goes before it is known where to. */
const SLOP_PX = 10;
/** How far a row must be moved for the act: a third of it, within the thumb's reach. */
const SHARE = 0.33;
const MARK_PX = [72, 140] as const;
/** Without an act on this side the row only gives a little. */
const STUBBORN = 0.15;

/** Where a finger that moved so far is going, or null while that is open. */
export function going(dx: number, dy: number): "across" | "along" | null {
  if (Math.hypot(dx, dy) < SLOP_PX) return null;
  return Math.abs(dx) > 1.5 * Math.abs(dy) ? "across" : "along";
}

/** How far a row of this width must be moved. */
export function mark(width: number): number {
  return Math.max(MARK_PX[0], Math.min(MARK_PX[1], width * SHARE));
}

type Grip = { id: number; row: HTMLElement; x: number; y: number; across: boolean; swipes: Swipes; wish?: SwipeAct };

/** The handlers for the element that holds the rows, and what to show. Rows have `data-id` and use `--swipe`. */
export function useSwipe(swipesOf?: (id: string) => Swipes) {
  const [swiping, setSwiping] = useState<Swiping | null>(null);
  const grip = useRef<Grip | null>(null);

  const show = (next: Swiping | null) =>
    setSwiping((now) => (now?.id === next?.id && now?.side === next?.side && now?.armed === next?.armed ? now : next));
  const letGo = () => {
    const row = grip.current?.across ? grip.current.row : null;
    grip.current = null;
    show(null);
    if (!row) return;
    row.dataset.swiped = "back";
    row.style.removeProperty("--swipe");
    row.addEventListener("transitionend", () => row.removeAttribute("data-swiped"), { once: true });
  };
  const onPointerDown = ({ pointerType, pointerId, isPrimary, target, clientX, clientY }: PointerEvent) => {
    const row = (target as HTMLElement).closest<HTMLElement>("[data-id]");
    if (!swipesOf || pointerType !== "touch" || !isPrimary || !row) return;
    grip.current = { id: pointerId, row, x: clientX, y: clientY, across: false, swipes: {} };
  };
  const onPointerMove = ({ pointerId, clientX, clientY }: PointerEvent) => {
    const held = grip.current;
    if (!held || held.id !== pointerId) return;
    const dx = clientX - held.x;
    if (!held.across) {
      const where = going(dx, clientY - held.y);
      if (where === "along") grip.current = null;
      if (where !== "across") return;
      held.across = true;
      held.swipes = swipesOf?.(held.row.dataset.id ?? "") ?? {};
      held.row.setPointerCapture(pointerId);
      held.row.dataset.swiped = "true";
    }
    const side: Side = dx > 0 ? "right" : "left";
    const act = held.swipes[side];
    held.row.style.setProperty("--swipe", `${Math.round(act ? dx : dx * STUBBORN)}px`);
    const armed = Math.abs(dx) >= mark(held.row.clientWidth);
    held.wish = armed ? act : undefined;
    show(act ? { id: held.row.dataset.id ?? "", side, armed } : null);
  };
  const onPointerUp = ({ pointerId }: PointerEvent) => {
    if (grip.current?.id !== pointerId) return;
    const { wish } = grip.current;
    letGo();
    wish?.run();
  };
  const act = swiping && grip.current?.swipes[swiping.side];
  const handlers = swipesOf ? { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: letGo } : {};
  return { swiping, act, handlers };
}
