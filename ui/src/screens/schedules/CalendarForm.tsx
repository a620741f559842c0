import { Select } from "@mantine/core";
import { useState } from "react";
import { put, remove } from "../../api/client";
import { i18n } from "../../i18n";
import { idFor } from "../../parts/ids";
import { ThingForm } from "../../parts/ThingForm";
import { daysOf, flawOf, hoursOf, type Spec, specOfDays, weekOf } from "./calendar";
import { DaysOff } from "./DaysOff";
import { zones } from "./RotationWizard";
import { WeekHours } from "./WeekHours";

/** A calendar to make (`id` empty) or to change: its week, and its days off. */
export function CalendarForm({
  id,
  spec: given,
  taken,
  close,
}: {
  id: string;
  spec: Spec;
  taken: string[];
  close: () => void;
}) {
  const [name, setName] = useState(given.name);
  const [zone, setZone] = useState(given.zone ?? "UTC");
  const [week, setWeek] = useState(weekOf(given.hours));
  const [days, setDays] = useState(daysOf(given));
  const path = { calendar_id: id || idFor(name, taken, "calendar") };
  const body: Spec = { name, zone, hours: hoursOf(week), ...specOfDays(days) };
  const isSound =
    week.some((spans) => spans.length > 0) && week.every((spans) => spans.every((one) => !flawOf(one, spans)));
  return (
    <ThingForm
      wide
      title={id ? given.name : i18n.t("New calendar")}
      name={name}
      rename={setName}
      isSound={isSound}
      save={() => put("/api/v1/calendars/{calendar_id}", { path, body })}
      back={() =>
        id
          ? put("/api/v1/calendars/{calendar_id}", { path, body: given })
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
        value={zone}
        onChange={(next) => setZone(next ?? "UTC")}
      />
      <WeekHours week={week} onChange={setWeek} />
      <DaysOff days={days} onChange={setDays} />
    </ThingForm>
  );
}
