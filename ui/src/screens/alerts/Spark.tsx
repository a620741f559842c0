import { i18n } from "../../i18n";
import css from "./Spark.module.css";
import { useSpark } from "./sparks";

/** How often an alert was said of late, as a line of bars. `stamp` changes when the alert was said again. */
export function Spark({ id, stamp, width = 72 }: { id: string; stamp: string; width?: number }) {
  const spark = useSpark(id, stamp);
  if (!spark) return <span className={css.none} style={{ width }} />;
  const minutes = Math.round((spark.bucket_s * spark.counts.length) / 60);
  const total = spark.counts.reduce((sum, one) => sum + one, 0);
  return (
    <Bars
      counts={spark.counts}
      width={width}
      label={i18n.t("{total, plural, one {said once} other {said # times}} in {minutes} min", { total, minutes })}
    />
  );
}

/** Bars over a ground line: one path, however many they are. */
export function Bars({
  counts,
  width,
  height = 18,
  label,
}: {
  counts: readonly number[];
  width: number;
  height?: number;
  label: string;
}) {
  const top = Math.max(1, ...counts);
  const step = width / counts.length;
  const wide = Math.max(1, step - 1).toFixed(1);
  const bars = counts.map((count, at) => {
    const tall = Math.max(2, (count / top) * (height - 1)).toFixed(1);
    return count ? `M${(at * step).toFixed(1)} ${height}v-${tall}h${wide}v${tall}z` : "";
  });
  return (
    <svg className={css.bars} width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      <path className={css.ground} d={`M0 ${height - 0.5}h${width}`} />
      <path d={bars.join("")} />
    </svg>
  );
}
