/** Calendars: business hours, holidays and make-up days, which schedules shade and services follow. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { type Problem, put, remove, type Schemas } from "../../api/client";
import { useMay, useMe } from "../../api/me";
import { refresh, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { today } from "../../parts/dates";
import { Card } from "../../parts/marks";
import { listed } from "../../words";
import { CalendarForm } from "./CalendarForm";
import css from "./Calendars.module.css";
import { daysOf, hoursWords, type Spec, usesOf } from "./calendar";
import index from "./Index.module.css";
import { dayWord } from "./words";

type Shown = Schemas["CalendarShown"];
const OFFICE = [{ weekdays: [0, 1, 2, 3, 4], start: "09:00", end: "18:00" }];
const TOUCHES = ["/api/v1/calendars", "/api/v1/schedules"];

export function Calendars() {
  const { data } = useGet("/api/v1/calendars", { query: { limit: 500 } });
  const me = useMe();
  const may = useMay("configure");
  const [editing, setEditing] = useState<Shown | null>(null);
  const [dropping, setDropping] = useState<Shown | null>(null);
  const items = data?.items ?? [];
  const fresh: Spec = { name: "", zone: me.user.spec.zone || "UTC", hours: OFFICE, holidays: [], workdays: [] };
  return (
    <div className={index.calendars}>
      <Card
        title={i18n.t("Holidays and business hours")}
        action={
          may && (
            <Button variant="default" size="compact-sm" onClick={() => setEditing({ id: "", spec: fresh })}>
              {i18n.t("New calendar")}
            </Button>
          )
        }
      >
        {data && items.length === 0 && (
          <p>
            {i18n.t(
              "No calendar yet. With one, schedules in its zone show holidays and make-up working days, and services can have support hours.",
            )}
          </p>
        )}
        {items.map((one) => (
          <Row key={one.id} one={one} edit={may ? () => setEditing(one) : undefined} drop={() => setDropping(one)} />
        ))}
      </Card>
      {editing && (
        <CalendarForm
          id={editing.id}
          spec={editing.spec}
          taken={items.map((each) => each.id)}
          close={() => setEditing(null)}
        />
      )}
      {dropping && <Drop one={dropping} all={items} close={() => setDropping(null)} />}
    </div>
  );
}

function Row({ one, edit, drop }: { one: Shown; edit?: () => void; drop: () => void }) {
  const { name, zone } = one.spec;
  const next = daysOf(one.spec).find((each) => each.date >= today());
  const off = one.spec.holidays?.length ?? 0;
  const worked = one.spec.workdays?.length ?? 0;
  return (
    <div className={css.row}>
      <div>
        <strong>{name}</strong>
        <small>{zone}</small>
      </div>
      <div>
        {hoursWords(one.spec.hours).map((line) => (
          <span key={line}>{line}</span>
        ))}
      </div>
      <div>
        <span>
          {i18n.t("{n, plural, =0 {no holidays} one {# holiday} other {# holidays}}", { n: off })}
          {worked > 0 && ` · ${i18n.t("{n, plural, one {# make-up day} other {# make-up days}}", { n: worked })}`}
        </span>
        {next && <small>{i18n.t("next: {day} {name}", { day: dayWord(next.date), name: next.name })}</small>}
      </div>
      {edit && (
        <div style={{ display: "flex", flexWrap: "wrap", justifyContent: "flex-end" }}>
          <Button variant="subtle" size="compact-sm" aria-label={i18n.t("Edit {name}", { name })} onClick={edit}>
            {i18n.t("Edit")}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-label={i18n.t("Remove {name}", { name })}
            onClick={drop}
          >
            {i18n.t("Remove")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Says what a calendar is used for before it goes; Undo brings it back as it was. */
function Drop({ one, all, close }: { one: Shown; all: Shown[]; close: () => void }) {
  const query = { limit: 500 };
  const services = useGet("/api/v1/services", { query });
  const schedules = useGet("/api/v1/schedules", { query });
  const uses = usesOf(one, all, services.data?.items ?? [], schedules.data?.items ?? []);
  const { name } = one.spec;
  const path = { calendar_id: one.id };
  const run = async () => {
    close();
    try {
      await remove("/api/v1/calendars/{calendar_id}", { path });
      done(i18n.t("{name} is removed", { name }), () =>
        put("/api/v1/calendars/{calendar_id}", { path, body: one.spec }).finally(() => refresh(...TOUCHES)),
      );
    } catch (fault) {
      refused(fault as Problem);
    }
    refresh(...TOUCHES);
  };
  const names = (items: { spec: { name: string } }[]) => listed(items.map((each) => each.spec.name));
  return (
    <Sure
      opened
      title={i18n.t("Remove {name}?", { name })}
      verb={i18n.t("Remove")}
      onYes={() => void run()}
      onNo={close}
    >
      {uses.services.length > 0 && (
        <p>
          {i18n.t(
            "{n, plural, one {One service takes} other {# services take}} its support hours from it and would count as supported always: {names}.",
            { n: uses.services.length, names: names(uses.services) },
          )}
        </p>
      )}
      {uses.schedules.length > 0 && (
        <p>
          {i18n.t(
            "{n, plural, one {One schedule shows} other {# schedules show}} its days off and would show them no more: {names}. Who is on call stays the same.",
            { n: uses.schedules.length, names: names(uses.schedules) },
          )}
        </p>
      )}
      {uses.services.length + uses.schedules.length === 0 && <p>{i18n.t("Nothing uses it.")}</p>}
    </Sure>
  );
}
