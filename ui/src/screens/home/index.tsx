/** My shift: what burns and is mine, whose watch it is, what waits to be read, what is noisy; and calm when all is calm. */
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMay, useMe } from "../../api/me";
import { useGet } from "../../api/query";
import { useKeys } from "../../frame/keys";
import { i18n } from "../../i18n";
import { Card, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useAct } from "../incidents/deeds";
import type { Row } from "../incidents/model";
import { Burning } from "./Burning";
import { Calm } from "./Calm";
import css from "./Home.module.css";
import { Mailbox } from "./Mailbox";
import { Noisy } from "./Noisy";
import { OnCallNow, Shift } from "./Shift";

function useIncidents(more: Record<string, string | boolean | number>, when = true) {
  const query = { status: "open", sort: "urgent", limit: 20, ...more };
  return useGet("/api/v1/incidents", { query, when });
}

export function Home() {
  const me = useMe();
  const may = useMay("respond");
  const act = useAct();
  const navigate = useNavigate();
  const mine = useIncidents({ mine: true });
  const teams = me.user.teams.join(",");
  const ours = useIncidents({ team: teams }, teams !== "");
  const own = mine.data?.items ?? [];
  const others = (ours.data?.items ?? []).filter((row) => !own.some((one) => one.id === row.id));
  const first = own.find((row) => row.status === "triggered");
  useKeys(
    may && first
      ? { a: [i18n.t("Acknowledge the most urgent"), () => void act([first], { verb: "acknowledge" })] }
      : {},
  );
  const open = (row: Row) => void navigate({ to: "/incidents/$id", params: { id: row.id } });
  const waiting = own.filter((row) => row.status === "triggered").length;
  return (
    <Page
      title={greeting(me.user.spec.name)}
      aside={
        <>
          <Shift />
          <OnCallNow />
          <Mailbox />
        </>
      }
    >
      <Fault problem={mine.error} retry={() => void mine.refetch()} />
      {mine.isPending && !mine.error ? (
        <Card>
          <Waiting />
        </Card>
      ) : own.length === 0 && !mine.error ? (
        <Calm hasOthers={others.length > 0} />
      ) : (
        <Burning
          title={
            waiting
              ? i18n.t("{n, plural, one {# incident waits} other {# incidents wait}} for an answer", { n: waiting })
              : i18n.t("Mine")
          }
          urgent={waiting > 0}
          rows={own}
          act={act}
          open={open}
          all={{ whose: "mine" }}
        />
      )}
      {others.length > 0 && (
        <Burning title={i18n.t("With my teams")} rows={others} act={act} open={open} all={{ whose: "team" }} />
      )}
      <Noisy teams={me.user.teams} />
      {!may && (
        <Card title={i18n.t("You look on")}>
          <div className={css.dim}>{i18n.t("Acting on incidents needs the role of a responder.")}</div>
          <Button variant="default" mt="xs" onClick={() => void navigate({ to: "/roles" })}>
            {i18n.t("What roles may do")}
          </Button>
        </Card>
      )}
    </Page>
  );
}

function greeting(name: string): string {
  const hour = new Date().getHours();
  if (hour < 5) return i18n.t("Deep in the night, {name}", { name });
  if (hour < 12) return i18n.t("Good morning, {name}", { name });
  if (hour < 18) return i18n.t("Good day, {name}", { name });
  return i18n.t("Good evening, {name}", { name });
}
