/** Calendars: business hours, holidays and make-up days, which schedules shade and services follow. */
import { Button, Group, Select, Textarea } from "@mantine/core";
import { useState } from "react";
import { put, remove, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { idFor } from "../../parts/ids";
import { Card } from "../../parts/marks";
import { ThingForm } from "../../parts/ThingForm";
import css from "./Index.module.css";
import { zones } from "./RotationWizard";

type Shown = Schemas["CalendarShown"];
type Spec = Schemas["CalendarSpec"];
const FRESH: Spec = {
  name: "",
  zone: "UTC",
  hours: [{ weekdays: [0, 1, 2, 3, 4], start: "09:00", end: "18:00" }],
  holidays: [],
  workdays: [],
};

export function Calendars() {
  const { data } = useGet("/api/v1/calendars", { query: { limit: 500 } });
  const may = useMay("configure");
  const [editing, setEditing] = useState<Shown | null>(null);
  const items = data?.items ?? [];
  return (
    <div className={css.calendars}>
      <Card
        title={i18n.t("Holidays and business hours")}
        action={
          may && (
            <Button variant="default" size="compact-xs" onClick={() => setEditing({ id: "", spec: FRESH })}>
              {i18n.t("New calendar")}
            </Button>
          )
        }
      >
        {data && items.length === 0 && (
          <p>{i18n.t("No calendar yet. With one, schedules in its zone show holidays and make-up working days.")}</p>
        )}
        {items.map((one) => (
          <div key={one.id} className={css.line}>
            <span>
              {one.spec.name} <small>{one.spec.zone}</small>
            </span>
            <Group gap="xs">
              <small>
                {i18n.t("{n, plural, =0 {no holidays} one {# holiday} other {# holidays}}", {
                  n: one.spec.holidays.length,
                })}
                {one.spec.workdays.length > 0 &&
                  ` · ${i18n.t("{n, plural, one {# make-up day} other {# make-up days}}", { n: one.spec.workdays.length })}`}
              </small>
              {may && (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={i18n.t("Edit {name}", { name: one.spec.name })}
                  onClick={() => setEditing(one)}
                >
                  {i18n.t("Edit")}
                </Button>
              )}
            </Group>
          </div>
        ))}
      </Card>
      {editing && <CalendarForm one={editing} taken={items.map((each) => each.id)} close={() => setEditing(null)} />}
    </div>
  );
}

const dates = (text: string) => [...new Set(text.split(/[\s,;，；]+/).filter(Boolean))].sort();

function CalendarForm({ one, taken, close }: { one: Shown; taken: string[]; close: () => void }) {
  const [spec, setSpec] = useState(one.spec);
  const [holidays, setHolidays] = useState(one.spec.holidays.join("\n"));
  const [workdays, setWorkdays] = useState(one.spec.workdays.join("\n"));
  const path = { calendar_id: one.id || idFor(spec.name, taken, "calendar") };
  const body = { ...spec, holidays: dates(holidays), workdays: dates(workdays) };
  return (
    <ThingForm
      title={one.id ? one.spec.name : i18n.t("New calendar")}
      name={spec.name}
      rename={(name) => setSpec({ ...spec, name })}
      save={() => put("/api/v1/calendars/{calendar_id}", { path, body })}
      back={() =>
        one.id
          ? put("/api/v1/calendars/{calendar_id}", { path, body: one.spec })
          : remove("/api/v1/calendars/{calendar_id}", { path })
      }
      touches={["/api/v1/calendars", "/api/v1/schedules"]}
      close={close}
    >
      <Select
        label={i18n.t("Time zone")}
        searchable
        limit={50}
        data={zones()}
        value={spec.zone}
        onChange={(zone) => setSpec({ ...spec, zone: zone ?? "UTC" })}
      />
      <Textarea
        label={i18n.t("Holidays")}
        description={i18n.t("One date a line, like 2026-12-25")}
        autosize
        minRows={3}
        maxRows={10}
        value={holidays}
        onChange={(event) => setHolidays(event.currentTarget.value)}
      />
      <Textarea
        label={i18n.t("Make-up working days")}
        description={i18n.t("Weekend days that are worked")}
        autosize
        minRows={2}
        maxRows={8}
        value={workdays}
        onChange={(event) => setWorkdays(event.currentTarget.value)}
      />
    </ThingForm>
  );
}
