/** Drawing a stretch on a lane with mouse, pen or finger. Escape lets go of it. */
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { drawn, type Span } from "./geometry";

/** A press that moves less is a click, not a drag. */
const DEAD_PX = 4;
/** How near an edge must come to a hand-over to cling to it. */
export const CLING_PX = 7;

export function useDraw({
  window: shown,
  zone,
  step,
  marks,
  when,
  onDraw,
}: {
  window: Span;
  zone: string;
  step: number;
  /** Instants that edges cling to. */
  marks: number[];
  when: boolean;
  onDraw: (span: Span) => void;
}) {
  const [drawing, setDrawing] = useState<Span | null>(null);
  const from = useRef<{ at: number; x: number; pointer: number } | null>(null);
  const instantAt = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    return shown.start + part * (shown.end - shown.start);
  };
  const near = (event: PointerEvent<HTMLElement>) => ({
    at: marks,
    reach: ((shown.end - shown.start) / event.currentTarget.getBoundingClientRect().width) * CLING_PX,
  });
  const letGo = () => {
    from.current = null;
    setDrawing(null);
  };
  useEffect(() => {
    if (!drawing) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        from.current = null;
        setDrawing(null);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [drawing]);
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (!when || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { at: instantAt(event), x: event.clientX, pointer: event.pointerId };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const begun = from.current;
      if (!begun || (drawing === null && Math.abs(event.clientX - begun.x) < DEAD_PX)) return;
      setDrawing(drawn(begun.at, instantAt(event), zone, step, near(event)));
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const begun = from.current;
      const far = begun !== null && Math.abs(event.clientX - begun.x) >= DEAD_PX;
      if (begun && far) onDraw(drawn(begun.at, instantAt(event), zone, step, near(event)));
      letGo();
    },
    onPointerCancel: letGo,
  };
  return { drawing, handlers };
}
