import { Anchor, Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { isLink } from "../../parts/link";
import { Ago, Card, Copy, Facts, Fault, Status, Waiting } from "../../parts/marks";
import { useNameOf } from "../../parts/names";
import { Page } from "../../parts/Page";
import { Severity } from "../../parts/Severity";
import { Graph } from "./Graph";
import { around } from "./graph";
import { Health, impactWord, useOpen } from "./health";
import { ServiceForm } from "./ServiceForm";
import css from "./Services.module.css";

/** One service: is it well, whose is it, what does it need and who needs it. */
export function Service() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const found = useGet("/api/v1/services/{service_id}", { path: { service_id: id } });
  const all = useGet("/api/v1/services", { query: { limit: 500 } });
  const teams = useGet("/api/v1/teams", { query: { limit: 500 } });
  const open = useOpen();
  const may = useMay("configure");
  const administers = useMay("administer");
  const [editing, setEditing] = useState(false);
  const one = found.data;
  const spec = one?.spec;
  const calendarName = useNameOf("/api/v1/calendars");
  const incidents = open.of(id);
  const services = all.data?.items ?? [];
  const near = around(services, id);
  const trail: [string, string][] = [[i18n.t("Services"), "/services"]];
  if (!one || !spec)
    return (
      <Page title={id} trail={trail}>
        {found.error ? <Fault problem={found.error} retry={() => void found.refetch()} /> : <Waiting />}
      </Page>
    );
  const about = (
    <Card title={i18n.t("About")}>
      <Facts
        facts={[
          [i18n.t("Health"), <Health key="health" isKnown={open.isKnown} incidents={incidents} />],
          [
            i18n.t("Owner"),
            spec.team && (
              <Link key="team" to={`/teams/${spec.team}` as never}>
                {teams.data?.items.find((each) => each.id === spec.team)?.spec.name ?? spec.team}
              </Link>
            ),
          ],
          [i18n.t("Impact"), impactWord(spec.impact)],
          [
            i18n.t("Runbook"),
            isLink(spec.runbook) ? (
              <Anchor key="runbook" size="sm" href={spec.runbook} target="_blank" rel="noreferrer">
                {spec.runbook}
              </Anchor>
            ) : (
              spec.runbook
            ),
          ],
          [i18n.t("Support hours"), spec.calendar ? calendarName(spec.calendar) : i18n.t("always")],
          [i18n.t("Id"), id],
          [i18n.t("Link"), <Copy key="copy" text={`${location.origin}/services/${id}`} label={i18n.t("Copy link")} />],
          [
            i18n.t("History"),
            administers && (
              <Anchor key="audit" size="sm" href={`/audit?subject=${encodeURIComponent(id)}`}>
                {i18n.t("Who changed what")}
              </Anchor>
            ),
          ],
        ]}
      />
    </Card>
  );
  return (
    <Page
      title={spec.name}
      trail={trail}
      aside={about}
      acts={
        may && (
          <Button variant="default" onClick={() => setEditing(true)}>
            {i18n.t("Edit")}
          </Button>
        )
      }
    >
      {spec.description && <p style={{ margin: 0 }}>{spec.description}</p>}
      <Card title={i18n.t("Open incidents")}>
        {incidents.length === 0 && i18n.t("Nothing is open here.")}
        <ul className={css.lines}>
          {incidents.map((each) => (
            <li key={each.id}>
              <Severity level={each.severity} bare />
              <Link to={`/incidents/${each.id}` as never}>
                {each.id} {each.title}
              </Link>
              <Status state={each.state} />
              <Ago at={each.opened_at} />
            </li>
          ))}
        </ul>
      </Card>
      <Card title={i18n.t("What it needs, and what needs it")}>
        {near.length > 1 ? (
          <Graph services={near} open={(each) => open.of(each).length} here={id} />
        ) : (
          i18n.t("It stands alone.")
        )}
      </Card>
      {editing && <ServiceForm one={one} all={services} close={() => setEditing(false)} />}
    </Page>
  );
}
