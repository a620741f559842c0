import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Card, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useDuty } from "./duty";
import { Health, useOpen } from "./health";
import css from "./Services.module.css";
import { TeamForm } from "./TeamForm";

/** One team: its people and where they are on call, its services and schedules. */
export function Team() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const { data: one, error, refetch } = useGet("/api/v1/teams/{team_id}", { path: { team_id: id } });
  const services = useGet("/api/v1/services", { query: { limit: 500 } });
  const duty = useDuty();
  const open = useOpen();
  const may = useMay("configure");
  const [editing, setEditing] = useState(false);
  const trail: [string, string][] = [[i18n.t("Teams"), "/teams"]];
  if (!one)
    return (
      <Page title={id} trail={trail}>
        {error ? <Fault problem={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  const owned = (services.data?.items ?? []).filter((each) => each.spec.team === id);
  const schedules = duty.schedules.filter((each) => each.spec.team === id);
  return (
    <Page
      title={one.spec.name}
      trail={trail}
      acts={
        may && (
          <Button variant="default" onClick={() => setEditing(true)}>
            {i18n.t("Edit")}
          </Button>
        )
      }
    >
      <div className={css.stack}>
        <Card title={i18n.t("Members")}>
          {one.spec.members.length === 0 && i18n.t("Nobody is in it yet")}
          <ul className={css.lines}>
            {one.spec.members.map((user) => (
              <li key={user}>
                <Link to={`/people/${user}` as never}>{duty.name(user)}</Link>
                {duty.of(user).map(([schedule, name]) => (
                  <Link key={schedule} to={`/schedules/${schedule}` as never}>
                    <small>{i18n.t("on call in {name}", { name })}</small>
                  </Link>
                ))}
              </li>
            ))}
          </ul>
        </Card>
        <Card title={i18n.t("Services")}>
          {owned.length === 0 && i18n.t("It owns no service.")}
          <ul className={css.lines}>
            {owned.map((each) => (
              <li key={each.id}>
                <Link to={`/services/${each.id}` as never}>{each.spec.name}</Link>
                <Health isKnown={open.isKnown} incidents={open.of(each.id)} />
              </li>
            ))}
          </ul>
        </Card>
        {schedules.length > 0 && (
          <Card title={i18n.t("Schedules")}>
            <ul className={css.lines}>
              {schedules.map((each) => (
                <li key={each.id}>
                  <Link to={`/schedules/${each.id}` as never}>{each.spec.name}</Link>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
      {editing && <TeamForm one={one} taken={[]} close={() => setEditing(false)} />}
    </Page>
  );
}
