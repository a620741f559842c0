/** A person: are they on duty, can they be reached, by which rules, and what lies in their mailbox. */
import { Link, useParams } from "@tanstack/react-router";
import { useMay, useMe } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Card, Copy, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { Account } from "./Account";
import { Contacts } from "./Contacts";
import { Mailbox } from "./Mailbox";
import { Duty, useDuty } from "./People";
import css from "./people.module.css";
import { Reach } from "./Reach";
import { Rules } from "./Rules";
import { TestPage } from "./TestPage";

/** `/people/me` is oneself. */
export function Person() {
  const me = useMe();
  const asked = (useParams({ strict: false }) as { id: string }).id;
  const id = asked === "me" ? me.user.id : asked;
  const isSelf = me.user.id === id;
  const administers = useMay("administer");
  const mayChange = administers || isSelf;
  const duty = useDuty();
  const { data: user, error, refetch } = useGet("/api/v1/users/{user_id}", { path: { user_id: id } });
  const trail: [string, string][] = [[i18n.t("People"), "/people"]];
  if (error)
    return (
      <Page title={id} trail={trail}>
        <Fault problem={error} retry={() => void refetch()} />
      </Page>
    );
  if (!user)
    return (
      <Page title={id} trail={trail}>
        <Waiting />
      </Page>
    );
  const name = isSelf ? i18n.t("{name} (you)", { name: user.spec.name }) : user.spec.name;
  return (
    <Page
      title={name}
      trail={trail}
      acts={<Copy text={`${location.origin}/people/${user.id}`} label={i18n.t("Copy link")} />}
      aside={
        <>
          <Account user={user} mayChange={mayChange} />
          <Teams teams={user.teams} />
          {mayChange && (
            <Card title={i18n.t("Trail")}>
              <div className={css.links}>
                <Link to="/messages" search={{ user: user.id } as never}>
                  {isSelf ? i18n.t("Messages to me") : i18n.t("Messages to them")}
                </Link>
                {administers && (
                  <Link to="/audit" search={{ actor: user.id } as never}>
                    {isSelf ? i18n.t("What I did") : i18n.t("What they did")}
                  </Link>
                )}
                <Link to="/keys" search={{ user: user.id } as never}>
                  {isSelf ? i18n.t("My API keys") : i18n.t("Their API keys")}
                </Link>
              </div>
            </Card>
          )}
        </>
      }
    >
      <div className={css.strip}>
        {user.active ? <Reach user={id} /> : <b>{i18n.t("Deactivated")}</b>}
        <Duty schedules={duty.get(id) ?? []} isBare />
      </div>
      <Contacts user={id} mayChange={mayChange} />
      {mayChange && user.active && <TestPage user={id} isSelf={isSelf} />}
      {mayChange && <Rules user={id} zone={user.spec.zone ?? "UTC"} />}
      {mayChange && <Mailbox user={id} />}
    </Page>
  );
}

function Teams({ teams }: { teams: string[] }) {
  const { data } = useGet("/api/v1/teams", { query: { limit: 500 } });
  if (teams.length === 0) return null;
  return (
    <Card title={i18n.t("Teams")}>
      <div className={css.links}>
        {teams.map((id) => (
          <Link key={id} to={`/teams/${id}` as never}>
            {data?.items.find((one) => one.id === id)?.spec.name ?? id}
          </Link>
        ))}
      </div>
    </Card>
  );
}
