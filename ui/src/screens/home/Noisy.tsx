import { Link } from "@tanstack/react-router";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Card } from "../../parts/marks";
import { Severity } from "../../parts/Severity";
import css from "./Home.module.css";

const SHOWN = 3;

/** The alerts of my teams' services that speak most often, with the way to quiet them. */
export function Noisy({ teams }: { teams: string[] }) {
  const may = useMay("respond");
  const { data: services } = useGet("/api/v1/services", { query: { limit: 500 }, staleTime: 120_000 });
  const ours = (services?.items ?? []).filter((one) => teams.includes(one.spec.team)).map((one) => one.id);
  const { data } = useGet("/api/v1/alerts", {
    query: { status: "firing", service: ours.join(","), sort: "-count", limit: SHOWN },
    when: ours.length > 0,
  });
  const noisy = (data?.items ?? []).filter((one) => one.count > 1);
  if (noisy.length === 0) return null;
  return (
    <Card
      title={i18n.t("Noisy in my services")}
      action={
        <Link className={css.small} to="/alerts" search={{ service: ours.join(","), sort: "count" } as never}>
          {i18n.t("In the feed")}
        </Link>
      }
    >
      {noisy.map((one) => (
        <div key={one.id} className={css.noisy}>
          <Severity level={one.severity} bare />
          <Link to={`/alerts/${one.id}` as never}>{one.title}</Link>
          <span className={css.count}>×{one.count}</span>
          {may && (
            <Link className={css.small} to="/silences/new" search={{ alert: one.id } as never}>
              {i18n.t("Silence")}
            </Link>
          )}
        </div>
      ))}
    </Card>
  );
}
