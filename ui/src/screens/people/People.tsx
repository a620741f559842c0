/** Who is here: role, duty, and whether they can be reached. */
import { Button, NativeSelect } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useGet, usePages } from "../../api/query";
import { useKeys } from "../../frame/keys";
import { i18n } from "../../i18n";
import { Export } from "../../parts/Export";
import { Find, hasWord } from "../../parts/Find";
import { type Column, List, None } from "../../parts/List";
import { Empty, Fault, Waiting } from "../../parts/marks";
import { useNameOf } from "../../parts/names";
import { Page } from "../../parts/Page";
import { Avatar } from "../../parts/Person";
import { useParamsOfUrl } from "../../parts/url";
import { listed, roleWord } from "../../words";
import { Invite } from "./Invite";
import css from "./people.module.css";
import { Reach } from "./Reach";

/** What the server calls the choices of the URL. */
const WHO: Record<string, string> = { oncall: "on_call", gone: "deactivated" };

type User = Schemas["UserShown"];

/** Of each user the names of the schedules they are on duty in. */
export function useDuty(): Map<string, { id: string; name: string }[]> {
  const { data } = useGet("/api/v1/oncall", { every: 60_000 });
  const { data: schedules } = useGet("/api/v1/schedules", { query: { limit: 500 } });
  const names = new Map(schedules?.items.map((one) => [one.id, one.spec.name]));
  const duty = new Map<string, { id: string; name: string }[]>();
  for (const one of data?.items ?? [])
    for (const user of one.users)
      duty.set(user, [...(duty.get(user) ?? []), { id: one.schedule, name: names.get(one.schedule) ?? one.schedule }]);
  return duty;
}

export function Duty({ schedules, isBare = false }: { schedules: { id: string; name: string }[]; isBare?: boolean }) {
  const [first, ...rest] = schedules;
  if (!first) return isBare ? null : <None />;
  return (
    <Link to={`/schedules/${first.id}` as never} className={css.duty} title={listed(schedules.map((one) => one.name))}>
      {i18n.t("On call: {name}", { name: first.name })}
      {rest.length > 0 && ` +${rest.length}`}
    </Link>
  );
}

function columns(duty: Map<string, { id: string; name: string }[]>, team: (id: string) => string): Column<User>[] {
  return [
    {
      name: "name",
      title: i18n.t("Full name"),
      width: "minmax(150px, 1.4fr)",
      cell: (one) => (
        <Link to={`/people/${one.id}` as never} className={css.who} data-gone={!one.active || undefined}>
          <Avatar user={one.id} name={one.spec.name} />
          <span>{one.spec.name}</span>
          <small>{one.id}</small>
        </Link>
      ),
    },
    {
      name: "role",
      title: i18n.t("Role"),
      width: "120px",
      wideOnly: true,
      rank: 2,
      cell: (one) => roleWord(one.spec.role ?? ""),
    },
    {
      name: "duty",
      title: i18n.t("Duty"),
      width: "minmax(120px, 1fr)",
      wideOnly: true,
      rank: 1,
      cell: (one) => <Duty schedules={duty.get(one.id) ?? []} />,
    },
    {
      name: "reach",
      title: i18n.t("Can be reached"),
      width: "minmax(120px, 150px)",
      cell: (one) => (one.active ? <Reach user={one.id} /> : <span className={css.dim}>{i18n.t("Deactivated")}</span>),
    },
    {
      name: "teams",
      title: i18n.t("Teams"),
      width: "minmax(100px, 1fr)",
      wideOnly: true,
      cell: (one) => listed(one.teams.map(team)) || <None />,
    },
    {
      name: "zone",
      title: i18n.t("Time zone"),
      width: "150px",
      wideOnly: true,
      rank: null,
      cell: (one) => one.spec.zone,
    },
  ];
}

export function People() {
  const [params, set] = useParamsOfUrl();
  const navigate = useNavigate();
  const administers = useMay("administer");
  const [inviting, setInviting] = useState(params.invite === "1");
  const duty = useDuty();
  const team = useNameOf("/api/v1/teams");
  const { items, more, isPending, isFetching, error, refetch } = usePages("/api/v1/users", {}, 500);
  const exported = { q: params.q, role: params.role, who: WHO[params.who ?? ""] ?? "active" };
  const shown = items.filter(
    (one) =>
      hasWord(params.q, one.id, one.spec.name, one.spec.email) &&
      (!params.role || one.spec.role === params.role) &&
      (params.who === "gone" ? !one.active : params.who === "oncall" ? duty.has(one.id) : one.active),
  );
  useKeys(administers ? { n: [i18n.t("Invite a person"), () => setInviting(true)] } : {});
  const invite = administers && (
    <Button leftSection={<IconUserPlus size={15} />} onClick={() => setInviting(true)}>
      {i18n.t("Invite a person")}
    </Button>
  );
  return (
    <Page
      title={i18n.t("People")}
      wide
      acts={
        <>
          <Export what="people" query={exported} />
          {invite}
        </>
      }
    >
      <Find
        screen="people"
        label={i18n.t("Find a person")}
        presets={[
          { name: i18n.t("Active people"), query: "" },
          { name: i18n.t("On call now"), query: "who=oncall" },
          { name: i18n.t("Deactivated"), query: "who=gone" },
        ]}
      >
        <NativeSelect
          aria-label={i18n.t("Role")}
          value={params.role ?? ""}
          onChange={(event) => set({ role: event.currentTarget.value })}
          data={[
            { value: "", label: i18n.t("Every role") },
            ...["admin", "responder", "stakeholder"].map((value) => ({ value, label: roleWord(value) })),
          ]}
        />
      </Find>
      <Fault problem={error} retry={() => void refetch()} />
      {isPending ? (
        <Waiting />
      ) : (
        <List
          label={i18n.t("People")}
          items={shown}
          id={(one) => one.id}
          columns={columns(duty, team)}
          filter={`${params.q ?? ""}|${params.role ?? ""}|${params.who ?? ""}`}
          more={more}
          isFetching={isFetching}
          open={(one) => void navigate({ to: `/people/${one.id}` as never })}
          empty={
            <Empty
              title={i18n.t("Nobody matches")}
              action={
                <Button variant="default" onClick={() => set({ q: "", role: "", who: "" })}>
                  {i18n.t("Clear the filters")}
                </Button>
              }
            />
          }
        />
      )}
      {inviting && <Invite close={() => setInviting(false)} />}
    </Page>
  );
}
