import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Export } from "../../parts/Export";
import { Find, hasWord, Nothing } from "../../parts/Find";
import { Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { listed } from "../../words";
import { useDuty } from "./duty";
import css from "./Services.module.css";
import { TeamForm } from "./TeamForm";

/** Teams: their people, and who of them is on call now. */
export function Teams() {
  const { data, error, isPending, refetch } = useGet("/api/v1/teams", { query: { limit: 500 } });
  const duty = useDuty();
  const may = useMay("configure");
  const [adding, setAdding] = useState(false);
  const [params, set] = useParamsOfUrl();
  const all = data?.items ?? [];
  const items = all.filter((one) => hasWord(params.q, one.id, one.spec.name));
  const add = may && <Button onClick={() => setAdding(true)}>{i18n.t("New team")}</Button>;
  return (
    <Page
      title={i18n.t("Teams")}
      acts={
        all.length > 0 && (
          <>
            <Export what="teams" query={{ q: params.q }} />
            {add}
          </>
        )
      }
    >
      <Fault problem={error} retry={() => void refetch()} />
      {isPending && !error && <Waiting />}
      {data && all.length === 0 && (
        <Empty title={i18n.t("No teams yet")} action={add}>
          {i18n.t("A team owns services and can be told as a whole.")}
        </Empty>
      )}
      {all.length > 0 && <Find screen="teams" label={i18n.t("Find a team")} />}
      {all.length > 0 && items.length === 0 && <Nothing clear={() => set({ q: "" })} />}
      <div className={css.teams}>
        {items.map((one) => {
          const on = one.spec.members.filter((user) => duty.of(user).length);
          return (
            <Link key={one.id} to={`/teams/${one.id}` as never} className={css.team}>
              <strong>{one.spec.name}</strong>
              <small>{listed(one.spec.members.map(duty.name)) || i18n.t("Nobody is in it yet")}</small>
              <span>
                {on.length
                  ? i18n.t("On call now: {name}", { name: listed(on.map(duty.name)) })
                  : i18n.t("Nobody of them is on call now")}
              </span>
            </Link>
          );
        })}
      </div>
      {adding && <TeamForm taken={all.map((one) => one.id)} close={() => setAdding(false)} />}
    </Page>
  );
}
