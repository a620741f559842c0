/** How often an alert was said of late, as a line of bars. Only rows on screen ask, and they ask together. */
import { useQuery } from "@tanstack/react-query";
import { get, type Problem, type Schemas } from "../../api/client";
import { i18n } from "../../i18n";
import css from "./Spark.module.css";

type Shown = Schemas["SparkShown"];
const TOGETHER_MS = 60;
const MOST = 100;
let waiting = new Map<string, ((spark: Shown | null) => void)[]>();
let timer: ReturnType<typeof setTimeout> | undefined;

async function flush(): Promise<void> {
  timer = undefined;
  const batch = waiting;
  waiting = new Map();
  const ids = [...batch.keys()];
  for (let from = 0; from < ids.length; from += MOST) {
    const some = ids.slice(from, from + MOST);
    const found = await get("/api/v1/alerts/sparks", { query: { ids: some.join(",") } }).catch(() => null);
    for (const id of some) for (const take of batch.get(id) ?? []) take(found?.sparks[id] ?? null);
  }
}

function ask(id: string): Promise<Shown | null> {
  timer ??= setTimeout(() => void flush(), TOGETHER_MS);
  return new Promise((take) => waiting.set(id, [...(waiting.get(id) ?? []), take]));
}

/** `stamp` changes when the alert was said again. */
export function Spark({ id, stamp, width = 72 }: { id: string; stamp: string; width?: number }) {
  const { data } = useQuery<Shown | null, Problem>({
    queryKey: ["sparks", id, stamp],
    queryFn: () => ask(id),
    staleTime: 60_000,
    placeholderData: (before) => before,
  });
  if (!data) return <span className={css.none} style={{ width }} />;
  const minutes = Math.round((data.bucket_s * data.counts.length) / 60);
  const total = data.counts.reduce((sum, one) => sum + one, 0);
  return (
    <Bars
      counts={data.counts}
      width={width}
      label={i18n.t("{total, plural, one {said once} other {said # times}} in {minutes} min", { total, minutes })}
    />
  );
}

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
  return (
    <svg className={css.bars} width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} className={css.ground} />
      {counts.map((count, at) =>
        count ? (
          <rect
            key={at}
            x={at * step}
            width={Math.max(1, step - 1)}
            y={height - Math.max(2, (count / top) * (height - 1))}
            height={Math.max(2, (count / top) * (height - 1))}
          />
        ) : null,
      )}
    </svg>
  );
}
