import { severityWord } from "../words";
import css from "./marks.module.css";

const SHAPES: Record<string, string> = {
  critical: "M8.7 1h6.6L23 8.7v6.6L15.3 23H8.7L1 15.3V8.7z",
  high: "M12 2 23 22H1z",
  medium: "M12 1 23 12 12 23 1 12z",
  low: "M3 3h18v18H3z",
  info: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z",
  ok: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z",
};
const SIGNS: Record<string, string> = { critical: "!!", high: "!", ok: "✓" };

/** A level: always a shape and a word, never colour alone. `bare` leaves the word to screen readers and the tooltip. */
export function Severity({ level, bare = false }: { level: string; bare?: boolean }) {
  const word = severityWord(level);
  return (
    <span className={css.mark} title={bare ? word : undefined}>
      <svg viewBox="0 0 24 24" width="15" height="15" aria-hidden="true" data-level={level} className={css.shape}>
        <path d={SHAPES[level] ?? SHAPES.info} />
        {SIGNS[level] && (
          <text x="12" y={level === "high" ? 19 : 17} textAnchor="middle" fontSize="14" fontWeight="700">
            {SIGNS[level]}
          </text>
        )}
      </svg>
      <span className={bare ? css.hidden : undefined}>{word}</span>
    </span>
  );
}
