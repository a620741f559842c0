/** Services with their health and what they need; teams with their people and who of them is on call. */
import { Button, NativeSelect } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Export } from "../../parts/Export";
import { Find, hasWord, Nothing } from "../../parts/Find";
import { type Column, List, None } from "../../parts/List";
import { Card, Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { listed } from "../../words";
import { Graph } from "./Graph";
import type { Service as Row } from "./graph";
import { Health, impactWord, useOpen } from "./health";
import { ServiceForm } from "./ServiceForm";
import css from "./Services.module.css";

export { Service } from "./Service";
export { Team } from "./Team";
export { Teams } from "./Teams";

export function Services() {
  const { data, error, isPending, refetch } = useGet("/api/v1/services", { query: { limit: 500 } });
  const teams = useGet("/api/v1/teams", { query: { limit: 500 } });
  const open = useOpen();
  const may = useMay("configure");
  const navigate = useNavigate();
  const [params, set] = useParamsOfUrl();
  const [adding, setAdding] = useState(false);
  const all = data?.items ?? [];
  const query = { q: params.q, team: params.team };
  const items = all
    .filter((one) => hasWord(params.q, one.id, one.spec.name, one.spec.team))
    .filter((one) => !params.team || one.spec.team === params.team)
    .sort((a, b) => open.of(b.id).length - open.of(a.id).length);
  const add = may && <Button onClick={() => setAdding(true)}>{i18n.t("New service")}</Button>;
  const teamName = (id: string) => teams.data?.items.find((one) => one.id === id)?.spec.name ?? id;
  const serviceName = (id: string) => all.find((one) => one.id === id)?.spec.name ?? id;
  const columns: Column<Row>[] = [
    {
      name: "name",
      title: i18n.t("Service"),
      width: "minmax(120px, 2fr)",
      cell: (one) => <strong>{one.spec.name}</strong>,
    },
    {
      name: "health",
      title: i18n.t("Health"),
      width: "minmax(140px, 1fr)",
      cell: (one) => <Health isKnown={open.isKnown} incidents={open.of(one.id)} />,
    },
    {
      name: "team",
      title: i18n.t("Owner"),
      width: "minmax(100px, 1fr)",
      wideOnly: true,
      cell: (one) => teamName(one.spec.team) || <None />,
    },
    {
      name: "impact",
      title: i18n.t("Impact"),
      width: "120px",
      wideOnly: true,
      cell: (one) => impactWord(one.spec.impact),
    },
    {
      name: "needs",
      title: i18n.t("Depends on"),
      width: "minmax(120px, 1fr)",
      wideOnly: true,
      cell: (one) => listed(one.spec.depends_on.map(serviceName)) || <None />,
    },
  ];
  return (
    <Page
      title={i18n.t("Services")}
      acts={
        all.length > 0 && (
          <>
            <Export what="services" query={query} />
            {add}
          </>
        )
      }
    >
      <Fault problem={error} retry={() => void refetch()} />
      {isPending && !error && <Waiting />}
      {data && all.length === 0 && (
        <Empty title={i18n.t("No services yet")} action={add}>
          {i18n.t(
            "A service is something that can break: a shop, a database. It has an owner, an impact, and things it needs.",
          )}
        </Empty>
      )}
      {all.length > 0 && (
        <div className={css.stack}>
          <Find screen="services" label={i18n.t("Find a service")} presets={[{ name: i18n.t("All"), query: "" }]}>
            <NativeSelect
              aria-label={i18n.t("Owner")}
              value={params.team ?? ""}
              onChange={(event) => set({ team: event.currentTarget.value })}
              data={[
                { value: "", label: i18n.t("Every owner") },
                ...(teams.data?.items ?? []).map((one) => ({ value: one.id, label: one.spec.name })),
              ]}
            />
          </Find>
          <List
            label={i18n.t("Services")}
            items={items}
            id={(one) => one.id}
            columns={columns}
            filter={JSON.stringify(query)}
            height={`calc(${Math.min(12, Math.max(5, items.length + 0.5))} * var(--row-height) + 34px)`}
            open={(one) => void navigate({ to: `/services/${one.id}` as never })}
            empty={<Nothing clear={() => set({ q: "", team: "" })} />}
          />
          <Card title={i18n.t("What depends on what")}>
            <Graph services={all} open={(id) => open.of(id).length} />
          </Card>
        </div>
      )}
      {adding && <ServiceForm all={all} close={() => setAdding(false)} />}
    </Page>
  );
}
