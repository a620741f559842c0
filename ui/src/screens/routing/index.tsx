/** Escalation ladders, the routing tree, and the simulator that says who would be told. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Export } from "../../parts/Export";
import { Find, hasWord, Nothing } from "../../parts/Find";
import { Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { listed } from "../../words";
import { begins, keyOf } from "./ladder";
import css from "./Routing.module.css";
import { useTargets } from "./targets";
import { minutesWord } from "./words";

export { Ladder } from "./Ladder";
export { Routes } from "./Routes";

export function Ladders() {
  const { data, error, isPending, refetch } = useGet("/api/v1/ladders", { query: { limit: 500 } });
  const targets = useTargets();
  const may = useMay("configure");
  const [params, set] = useParamsOfUrl();
  const all = data?.items ?? [];
  const items = all.filter((one) => hasWord(params.q, one.id, one.spec.name));
  const add = may && (
    <Button component={Link} {...({ to: "/ladders/new" } as object)}>
      {i18n.t("New ladder")}
    </Button>
  );
  return (
    <Page
      title={i18n.t("Escalation ladders")}
      acts={
        all.length > 0 && (
          <>
            <Export what="ladders" query={{ q: params.q }} />
            {add}
          </>
        )
      }
    >
      <Fault problem={error} retry={() => void refetch()} />
      {isPending && !error && <Waiting />}
      {data && all.length === 0 && (
        <Empty title={i18n.t("No ladder yet")} action={add}>
          {i18n.t("A ladder says who is told first, and who next when nobody answers. We suggest one to begin with.")}
        </Empty>
      )}
      {all.length > 0 && <Find screen="ladders" label={i18n.t("Find a ladder")} />}
      {all.length > 0 && items.length === 0 && <Nothing clear={() => set({ q: "" })} />}
      <div className={css.rows}>
        {items.map((one) => {
          const at = begins(one.spec.steps);
          return (
            <Link key={one.id} to={`/ladders/${one.id}` as never} className={css.row}>
              <strong>{one.spec.name}</strong>
              <span className={css.chain}>
                {one.spec.steps.map((step, index) => (
                  <span key={index} className={css.rung}>
                    <b>{minutesWord(at[index] ?? 0)}</b>
                    {listed(step.targets.map((each) => targets.words(keyOf(each))))}
                  </span>
                ))}
                {one.spec.acknowledged_for_s > 0 && (
                  <span>
                    {i18n.t("{n, plural, one {· acknowledged for # minute} other {· acknowledged for # minutes}}", {
                      n: Math.round(one.spec.acknowledged_for_s / 60),
                    })}
                  </span>
                )}
                {one.spec.repeats > 0 && (
                  <span>
                    {i18n.t("{n, plural, one {· once more} other {· # times more}}", { n: one.spec.repeats })}
                  </span>
                )}
              </span>
            </Link>
          );
        })}
      </div>
    </Page>
  );
}
