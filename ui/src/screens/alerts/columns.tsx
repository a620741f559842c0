import { i18n } from "../../i18n";
import { type Column, None } from "../../parts/List";
import { Ago, Status } from "../../parts/marks";
import { Severity } from "../../parts/Severity";
import css from "./Feed.module.css";
import { type Alert, tellingLabels } from "./model";
import { Spark } from "./Spark";

/** The columns of the feed; where all are firing, no column says so. */
export function columns(withStatus: boolean, serviceName: (id: string) => string): Column<Alert>[] {
  return [
    { name: "severity", title: "", width: "22px", cell: (one) => <Severity level={one.severity} bare /> },
    { name: "title", title: i18n.t("Alert"), width: "minmax(0, 1fr)", cell: (one) => <Title alert={one} /> },
    {
      name: "spark",
      title: i18n.t("Lately"),
      width: "72px",
      wideOnly: true,
      rank: null,
      cell: (one) => <Spark id={one.id} stamp={one.last_at} />,
    },
    {
      name: "service",
      title: i18n.t("Service"),
      width: "96px",
      wideOnly: true,
      cell: (one) => (one.service ? <a href={`/services/${one.service}`}>{serviceName(one.service)}</a> : ""),
    },
    ...(withStatus
      ? [
          {
            name: "status",
            title: i18n.t("Status"),
            width: "100px",
            wideOnly: true,
            rank: 1,
            cell: (one: Alert) => <Status state={one.suppressed ? "suppressed" : one.status} />,
          },
        ]
      : []),
    {
      name: "incident",
      title: i18n.t("Incident"),
      width: "64px",
      wideOnly: true,
      rank: 2,
      cell: (one) => (one.incident ? <a href={`/incidents/${one.incident}`}>{one.incident}</a> : <None />),
    },
    {
      name: "last",
      title: i18n.t("Last"),
      width: "116px",
      wideOnly: true,
      rank: 3,
      cell: (one) => <Ago at={one.last_at} />,
    },
  ];
}

function Title({ alert }: { alert: Alert }) {
  return (
    <span className={css.title}>
      {alert.suppressed && alert.status === "firing" && (
        <span className={css.times} title={alert.suppressed_by}>
          {i18n.t("Held back")}
        </span>
      )}
      <a href={`/alerts/${alert.id}`} title={alert.title}>
        {alert.title}
      </a>
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
