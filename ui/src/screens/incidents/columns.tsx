/** What a row of the list of incidents shows. */
import { Link } from "@tanstack/react-router";
import { i18n } from "../../i18n";
import type { Column } from "../../parts/List";
import { lapse, Status, useNow } from "../../parts/marks";
import { People } from "../../parts/Person";
import { Severity } from "../../parts/Severity";
import { number, short } from "../../words";
import css from "./List.module.css";
import type { Row } from "./model";

function Age({ row }: { row: Row }) {
  const now = useNow();
  return <>{lapse(row.opened_at, row.resolved_at ?? now)}</>;
}

export function columns(): Column<Row>[] {
  return [
    { name: "severity", title: "", width: "20px", cell: (row) => <Severity level={row.severity} bare /> },
    {
      name: "id",
      title: i18n.t("Id"),
      width: "72px",
      wideOnly: true,
      rank: 7,
      cell: (row) => <span className={css.id}>{row.id}</span>,
    },
    {
      name: "title",
      title: i18n.t("Incident"),
      width: "minmax(0, 1fr)",
      cell: (row) => (
        <>
          <Link to="/incidents/$id" params={{ id: row.id }} className={css.title} tabIndex={-1}>
            {row.title}
          </Link>
          {row.status_text && <span className={css.dim}> · {row.status_text}</span>}
        </>
      ),
    },
    { name: "priority", title: i18n.t("Prio"), width: "36px", wideOnly: true, rank: 6, cell: (row) => row.priority },
    {
      name: "state",
      title: i18n.t("Status"),
      width: "128px",
      wideOnly: true,
      rank: 1,
      cell: (row) => <Status state={row.state} />,
    },
    {
      name: "service",
      title: i18n.t("Service"),
      width: "130px",
      wideOnly: true,
      rank: 3,
      cell: (row) => row.service_name,
    },
    {
      name: "who",
      title: i18n.t("Who has it"),
      width: "150px",
      wideOnly: true,
      rank: 4,
      cell: (row) =>
        row.status === "resolved" ? (
          <span className={css.dim}>{row.resolved_by_name}</span>
        ) : (
          <People people={row.assignees} />
        ),
    },
    {
      name: "alerts",
      title: i18n.t("Alerts"),
      width: "64px",
      wideOnly: true,
      rank: null,
      cell: (row) =>
        row.alert_count ? (
          <span className={css.dim} title={`${number(row.alert_open_count)}/${number(row.alert_count)}`}>
            {short(row.alert_open_count)}/{short(row.alert_count)}
          </span>
        ) : (
          ""
        ),
    },
    {
      name: "age",
      title: i18n.t("Open for"),
      width: "66px",
      wideOnly: true,
      rank: 2,
      cell: (row) => (
        <span className={css.age}>
          <Age row={row} />
        </span>
      ),
    },
  ];
}
