/** One schedule: its lanes, the bar that moves them, fairness, and the ways to change it. */
import { Anchor, Button, Group, SegmentedControl, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useMay, useMe } from "../../api/me";
import { useGet } from "../../api/query";
import { useKeys } from "../../frame/keys";
import { i18n } from "../../i18n";
import { Card, Copy, Facts, Fault, useNow, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { Board } from "./Board";
import { Fairness } from "./Fairness";
import { addDays, dateOf, HOUR, instant, type Range, type Span, shownDays, turn } from "./geometry";
import css from "./Lanes.module.css";
import { LayersEditor } from "./LayersEditor";
import { type Asked, OverrideForm } from "./OverrideForm";
import { deeds } from "./overrides";
import { RemoveSchedule } from "./RemoveSchedule";
import { moment, monthWord } from "./words";

function useFrame(zoneOfSchedule: string) {
  const [params, set] = useParamsOfUrl();
  const me = useMe();
  const now = useNow();
  const zones = { schedule: zoneOfSchedule, mine: me.user.spec.zone, utc: "UTC" };
  const which = params.zone === "mine" || params.zone === "utc" ? params.zone : "schedule";
  const zone = zones[which];
  const range: Range = params.range === "2weeks" || params.range === "month" ? params.range : "week";
  const date = /^\d{4}-\d\d-\d\d$/.test(params.from ?? "") ? (params.from as string) : dateOf(now, zone);
  const days = shownDays(range, date, zone);
  const window: Span = { start: days[0]?.start ?? now, end: days.at(-1)?.end ?? now };
  return { params, set, zones, which, zone, range, date, days, window };
}

export function Schedule() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const { data: row, error, refetch } = useGet("/api/v1/schedules/{schedule_id}", { path: { schedule_id: id } });
  if (error)
    return (
      <Page title={id} trail={[[i18n.t("Schedules"), "/schedules"]]}>
        <Fault problem={error} retry={() => void refetch()} />
      </Page>
    );
  if (!row)
    return (
      <Page title={id} trail={[[i18n.t("Schedules"), "/schedules"]]}>
        <Waiting rows={8} />
      </Page>
    );
  return <Drawn key={id} id={id} name={row.spec.name} zoneOfSchedule={row.spec.zone} team={row.spec.team} />;
}

function Drawn({ id, name, zoneOfSchedule, team }: { id: string; name: string; zoneOfSchedule: string; team: string }) {
  const frame = useFrame(zoneOfSchedule);
  const { set, zone, window, range, date, days } = frame;
  const me = useMe();
  const mayOverride = useMay("respond");
  const mayEdit = useMay("configure");
  const navigate = useNavigate();
  const [said, setSaid] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const query = { start_at: new Date(window.start).toISOString(), end_at: new Date(window.end).toISOString() };
  const lanes = useGet("/api/v1/schedules/{schedule_id}/lanes", { path: { schedule_id: id }, query, staleTime: 5_000 });
  const [kept, setKept] = useState(lanes.data);
  if (lanes.data && lanes.data !== kept) setKept(lanes.data);
  const shown = lanes.data ?? kept;
  const act = deeds(id, zone, setSaid);
  const step = range === "month" ? 60 : range === "2weeks" ? 30 : 15;
  /** Tomorrow from nine to nine: what most people come for. */
  const tomorrow = (): Span => {
    const day = addDays(dateOf(Date.now(), zone), 1);
    return { start: instant(`${day}T09:00`, zone), end: instant(`${addDays(day, 1)}T09:00`, zone) };
  };
  const go = (by: 1 | -1) => set({ from: turn(range, date, by) });
  const openForm = () => mayOverride && setAsked({ span: tomorrow() });
  useKeys({
    o: [i18n.t("Add an override"), openForm],
    t: [i18n.t("Today"), () => set({ from: "" })],
    "[": [i18n.t("Earlier"), () => go(-1)],
    "]": [i18n.t("Later"), () => go(1)],
  });
  const title = range === "month" ? monthWord(date) : `${days[0]?.date ?? ""} – ${days.at(-1)?.date ?? ""}`;
  return (
    <Page
      title={name}
      trail={[[i18n.t("Schedules"), "/schedules"]]}
      wide
      acts={
        <>
          {mayEdit && (
            <Button variant="default" onClick={() => set({ edit: frame.params.edit ? "" : "1" })}>
              {frame.params.edit ? i18n.t("Close the editor") : i18n.t("Edit layers")}
            </Button>
          )}
          {mayOverride && <Button onClick={openForm}>{i18n.t("Override")}</Button>}
        </>
      }
    >
      <OnNow id={id} zone={zone} />
      {frame.params.edit && mayEdit && (
        <LayersEditor id={id} window={window} days={days} close={() => set({ edit: "" })} />
      )}
      <Bar frame={frame} title={title} go={go} />
      <div className={css.hidden} role="status" aria-live="polite">
        {said}
      </div>
      <Fault problem={lanes.error} retry={() => void lanes.refetch()} />
      {shown ? (
        <Board
          lanes={shown}
          days={days}
          window={window}
          zone={zone}
          step={step}
          mayChange={mayOverride}
          draft={asked?.span ?? null}
          onDraw={(span) => setAsked({ span })}
          onMove={(one, span) => void act.move(one, span)}
          onOpen={(one) =>
            mayOverride && setAsked({ one, span: { start: Date.parse(one.start_at), end: Date.parse(one.end_at) } })
          }
          onRemove={(one) => void act.takeBack(one)}
        />
      ) : (
        !lanes.error && <Waiting rows={7} />
      )}
      {mayOverride && (
        <Text size="xs" c="var(--t-dim)" mt={6}>
          {i18n.t(
            "Drag across the final or the override lane to put somebody on call; drag an override or its edges to change it. Keys: o override, t today, [ and ] earlier and later.",
          )}
        </Text>
      )}
      <div className={css.below}>
        {shown && <Fairness shares={shown.fairness} window={window} />}
        <About
          id={id}
          zone={zoneOfSchedule}
          team={team}
          mayEdit={mayEdit}
          gone={() => void navigate({ to: "/schedules" })}
          name={name}
        />
      </div>
      {asked && (
        <OverrideForm
          asked={asked}
          zone={zone}
          first={me.user.id}
          onSpan={(span) => setAsked({ ...asked, span })}
          onClose={() => setAsked(null)}
          onSave={(one, who) => (asked.one ? act.change(asked.one, one, who) : act.add(one, who))}
          onRemove={
            asked.one &&
            (() => {
              setAsked(null);
              if (asked.one) void act.takeBack(asked.one);
            })
          }
        />
      )}
    </Page>
  );
}

type Frame = ReturnType<typeof useFrame>;

function Bar({ frame, title, go }: { frame: Frame; title: string; go: (by: 1 | -1) => void }) {
  const { set, zones } = frame;
  return (
    <Group justify="space-between" my="sm" gap="xs">
      <Group gap={6}>
        <Button variant="default" onClick={() => set({ from: "" })}>
          {i18n.t("Today")}
        </Button>
        <Button variant="default" px={8} aria-label={i18n.t("Earlier")} onClick={() => go(-1)}>
          <IconChevronLeft size={16} />
        </Button>
        <Button variant="default" px={8} aria-label={i18n.t("Later")} onClick={() => go(1)}>
          <IconChevronRight size={16} />
        </Button>
        <Text size="sm" fw={600} ml={6}>
          {title}
        </Text>
      </Group>
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={i18n.t("Time zone")}
          value={frame.which}
          onChange={(value) => set({ zone: value === "schedule" ? "" : value })}
          data={[
            { value: "schedule", label: i18n.t("Schedule: {zone}", { zone: short(zones.schedule) }) },
            // One zone is offered once: three buttons that do the same would make one wonder.
            ...(zones.mine === zones.schedule || (zones.mine === "UTC" && frame.which !== "mine")
              ? []
              : [{ value: "mine", label: i18n.t("Mine: {zone}", { zone: short(zones.mine) }) }]),
            { value: "utc", label: "UTC" },
          ]}
        />
        <SegmentedControl
          size="xs"
          aria-label={i18n.t("Range")}
          value={frame.range}
          onChange={(value) => set({ range: value === "week" ? "" : value })}
          data={[
            { value: "week", label: i18n.t("Week") },
            { value: "2weeks", label: i18n.t("2 weeks") },
            { value: "month", label: i18n.t("Month") },
          ]}
        />
      </Group>
    </Group>
  );
}

const short = (zone: string) => zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone;

/** "Now: Bo Larsen until Wed 09:00, then Administrator." */
function OnNow({ id, zone }: { id: string; zone: string }) {
  const now = useNow();
  const start = Math.floor(now / HOUR) * HOUR;
  const query = { start_at: new Date(start).toISOString(), end_at: new Date(start + 14 * 24 * HOUR).toISOString() };
  const { data } = useGet("/api/v1/schedules/{schedule_id}/lanes", { path: { schedule_id: id }, query });
  // its line is kept free: what is dragged below must not move under the hand
  if (!data)
    return (
      <div className={css.onNow}>
        <strong>&nbsp;</strong>
      </div>
    );
  const on = data.final.find((one) => Date.parse(one.start_at) <= now && now < Date.parse(one.end_at));
  const next = data.final.find((one) => Date.parse(one.start_at) > now && one.user !== on?.user);
  const at = (text: string) => moment(Date.parse(text), zone);
  return (
    <div className={css.onNow} data-nobody={on ? undefined : true}>
      <strong>{on ? i18n.t("On call now: {name}", { name: on.name }) : i18n.t("Nobody is on call now")}</strong>
      <span>
        {on && next && i18n.t("until {at}, then {name}", { at: at(on.end_at), name: next.name })}
        {on && !next && i18n.t("for the next two weeks")}
        {!on && next && i18n.t("next: {name}, {at}", { at: at(next.start_at), name: next.name })}
      </span>
    </div>
  );
}

function About({
  id,
  zone,
  team,
  mayEdit,
  gone,
  name,
}: {
  id: string;
  zone: string;
  team: string;
  mayEdit: boolean;
  gone: () => void;
  name: string;
}) {
  const feed = useGet("/api/v1/schedules/{schedule_id}/feed", { path: { schedule_id: id } });
  const teams = useGet("/api/v1/teams");
  const administers = useMay("administer");
  return (
    <Card title={i18n.t("About")}>
      <Facts
        facts={[
          [i18n.t("Id"), id],
          [i18n.t("Time zone"), zone],
          [i18n.t("Team"), team && (teams.data?.items.find((one) => one.id === team)?.spec.name ?? team)],
          [i18n.t("Link"), <Copy key="link" text={`${location.origin}/schedules/${id}`} label={i18n.t("Copy link")} />],
          [
            i18n.t("Your calendar"),
            feed.data && <Copy key="feed" text={feed.data.url} label={i18n.t("Copy iCal address")} />,
          ],
          [
            i18n.t("History"),
            administers && (
              <Anchor key="audit" size="sm" href={`/audit?subject=${encodeURIComponent(id)}`}>
                {i18n.t("Who changed what")}
              </Anchor>
            ),
          ],
        ]}
      />
      {mayEdit && <RemoveSchedule id={id} name={name} gone={gone} />}
    </Card>
  );
}
