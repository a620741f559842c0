import { Link } from "@tanstack/react-router";
import { i18n } from "../../i18n";
import { placed, type Service } from "./graph";
import css from "./Services.module.css";

const BOX = { width: 150, height: 36, gapX: 70, gapY: 14 };

/** What depends on what: an arrow leads from a service to what it needs. A mark and a number say how many incidents are open. */
export function Graph({ services, open, here }: { services: Service[]; open: (id: string) => number; here?: string }) {
  const boxes = placed(services);
  const at = new Map(
    boxes.map((one) => [one.id, { x: one.column * (BOX.width + BOX.gapX), y: one.row * (BOX.height + BOX.gapY) }]),
  );
  const width = Math.max(...boxes.map((one) => one.column + 1)) * (BOX.width + BOX.gapX) - BOX.gapX;
  const height = Math.max(...boxes.map((one) => one.row + 1)) * (BOX.height + BOX.gapY);
  return (
    <div className={css.graph}>
      <svg
        viewBox={`-2 -2 ${width + 4} ${height + 4}`}
        style={{ maxWidth: width + 4 }}
        aria-label={i18n.t("What depends on what")}
        role="group"
      >
        <defs>
          <marker id="needs" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0 8 4 0 8z" className={css.tip} />
          </marker>
        </defs>
        {services.flatMap((one) =>
          one.spec.depends_on.map((other) => {
            const [a, b] = [at.get(one.id), at.get(other)];
            if (!a || !b) return null;
            const [x1, y1, x2, y2] = [a.x + BOX.width, a.y + BOX.height / 2, b.x - 2, b.y + BOX.height / 2];
            return (
              <path
                key={`${one.id}>${other}`}
                className={css.needs}
                markerEnd="url(#needs)"
                d={`M${x1} ${y1}C${x1 + 36} ${y1} ${x2 - 36} ${y2} ${x2} ${y2}`}
              />
            );
          }),
        )}
        {boxes.map((one) => {
          const { x, y } = at.get(one.id) ?? { x: 0, y: 0 };
          const count = open(one.id);
          const name = one.name.length > 17 ? `${one.name.slice(0, 16)}…` : one.name;
          return (
            <Link key={one.id} to={`/services/${one.id}` as never}>
              <g className={css.box} data-burning={count > 0 || undefined} data-here={one.id === here || undefined}>
                <title>
                  {one.name}:{" "}
                  {count
                    ? i18n.t("{n, plural, one {# open incident} other {# open incidents}}", { n: count })
                    : i18n.t("Healthy")}
                </title>
                <rect x={x} y={y} width={BOX.width} height={BOX.height} rx={6} />
                <text x={x + 10} y={y + 23}>
                  {count ? `▲ ${count}  ` : "✓ "}
                  {name}
                </text>
              </g>
            </Link>
          );
        })}
      </svg>
    </div>
  );
}
