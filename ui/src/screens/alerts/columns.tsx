import { Link } from "@tanstack/react-router";
import { i18n } from "../../i18n";
import type { Column } from "../../parts/List";
import { Ago, Status } from "../../parts/marks";
import { Severity } from "../../parts/Severity";
import css from "./Feed.module.css";
import { type Alert, tellingLabels } from "./model";
import { Spark } from "./Spark";

/** The columns of the feed. */
export function columns(): Column<Alert>[] {
  return [
    { name: "severity", title: "", width: "22px", cell: (one) => <Severity level={one.severity} bare /> },
    { name: "title", title: i18n.t("Alert"), width: "minmax(0, 1fr)", cell: (one) => <Title alert={one} /> },
    {
      name: "spark",
      title: i18n.t("Lately"),
      width: "72px",
      wideOnly: true,
      cell: (one) => <Spark id={one.id} stamp={one.last_at} />,
    },
    {
      name: "service",
      title: i18n.t("Service"),
      width: "110px",
      wideOnly: true,
      cell: (one) => (one.service ? <Link to={`/services/${one.service}` as never}>{one.service}</Link> : ""),
    },
    {
      name: "source",
      title: i18n.t("Source"),
      width: "90px",
      wideOnly: true,
      cell: (one) => <span className={css.dim}>{one.source}</span>,
    },
    {
      name: "status",
      title: i18n.t("Status"),
      width: "112px",
      wideOnly: true,
      cell: (one) => <Status state={one.suppressed ? "suppressed" : one.status} />,
    },
    {
      name: "incident",
      title: i18n.t("Incident"),
      width: "64px",
      cell: (one) =>
        one.incident ? <Link to={`/incidents/${one.incident}` as never}>{one.incident}</Link> : <span>–</span>,
    },
    { name: "last", title: i18n.t("Last"), width: "104px", wideOnly: true, cell: (one) => <Ago at={one.last_at} /> },
  ];
}

function Title({ alert }: { alert: Alert }) {
  return (
    <span className={css.title}>
      <Link to="/alerts/$id" params={{ id: alert.id }} title={alert.title}>
        {alert.title}
      </Link>
      {alert.count > 1 && (
        <span className={css.times} title={i18n.t("Said {n} times", { n: alert.count })}>
          ×{alert.count}
        </span>
      )}
      {tellingLabels(alert)
        .slice(0, 3)
        .map(([name, value]) => (
          <span key={name} className={css.label} title={`${name}="${value}"`}>
            {value}
          </span>
        ))}
    </span>
  );
}
