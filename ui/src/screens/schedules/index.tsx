/** Schedules: who is on call now, in every schedule; calendars of holidays below. */
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Export } from "../../parts/Export";
import { Find, hasWord, Nothing } from "../../parts/Find";
import { Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { Calendars } from "./Calendars";
import css from "./Index.module.css";
import { usePeople } from "./people";
import { RotationWizard } from "./RotationWizard";
import { ScheduleRow } from "./ScheduleRow";
import { makeSchedule } from "./schedules";

export { Schedule } from "./Schedule";

export function Schedules() {
  const { data, error, isPending, refetch } = useGet("/api/v1/schedules", { query: { limit: 500 } });
  const duty = useGet("/api/v1/oncall", { every: 60_000 });
  const people = usePeople();
  const may = useMay("configure");
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const [params, set] = useParamsOfUrl();
  const all = data?.items ?? [];
  const items = all.filter((one) => hasWord(params.q, one.id, one.spec.name));
  const add = may && <Button onClick={() => setAdding(true)}>{i18n.t("New schedule")}</Button>;
  return (
    <Page
      title={i18n.t("On-call schedules")}
      acts={
        all.length > 0 && (
          <>
            <Export what="schedules" query={{ q: params.q }} />
            {add}
          </>
        )
      }
    >
      <Fault problem={error} retry={() => void refetch()} />
      {isPending && !error && <Waiting />}
      {data && all.length === 0 && (
        <Empty title={i18n.t("Nobody is on call yet")} action={add}>
          {i18n.t(
            "A schedule says who is called when something breaks. Choose a rotation and the people; you can change any day by dragging.",
          )}
        </Empty>
      )}
      {all.length > 0 && <Find screen="schedules" label={i18n.t("Find a schedule")} />}
      {all.length > 0 && items.length === 0 && <Nothing clear={() => set({ q: "" })} />}
      <div className={css.rows}>
        {items.map((one) => {
          const found = duty.data?.items.find((each) => each.schedule === one.id);
          return (
            <ScheduleRow
              key={one.id}
              id={one.id}
              name={one.spec.name}
              zone={one.spec.zone}
              now={found?.users.map(people.name)}
              until={found?.next_change_at}
            />
          );
        })}
      </div>
      <Calendars />
      {adding && (
        <RotationWizard
          onClose={() => setAdding(false)}
          onMade={async (made) => {
            const id = await makeSchedule(made);
            if (id) void navigate({ to: `/schedules/${id}` as never });
            return id !== null;
          }}
        />
      )}
    </Page>
  );
}
