/** The layers of a schedule by form, with what they would mean drawn at once. Nothing is changed before Save. */
import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Problem, post, put, type Schemas, send } from "../../api/client";
import { refresh } from "../../api/query";
import { i18n } from "../../i18n";
import { done } from "../../parts/acts";
import { Card, Fault, Waiting } from "../../parts/marks";
import { Bars, DayHead, Gaps } from "./Board";
import type { DayColumn, Span } from "./geometry";
import css from "./Lanes.module.css";
import { LayerForm } from "./LayerForm";
import { usePeople } from "./people";
import { RotationWizard, zones } from "./RotationWizard";
import { makeBackup } from "./schedules";
import { beside } from "./templates";

type Spec = Schemas["ScheduleSpec"];

export function LayersEditor(props: { id: string; window: Span; days: DayColumn[]; close: () => void }) {
  const { data, error } = useQuery<{ data: Schemas["ScheduleShown"]; etag: string }, Problem>({
    queryKey: ["editor", props.id],
    queryFn: () => send("GET", `/api/v1/schedules/${encodeURIComponent(props.id)}`),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (error) return <Fault problem={error} />;
  if (!data) return <Waiting />;
  return <Editor {...props} before={data.data.spec} etag={data.etag} />;
}

function Editor({
  id,
  window,
  days,
  close,
  before,
  etag,
}: {
  id: string;
  window: Span;
  days: DayColumn[];
  close: () => void;
  before: Spec;
  etag: string;
}) {
  const [spec, setSpec] = useState(before);
  const [adding, setAdding] = useState(false);
  const [fault, setFault] = useState<Problem | null>(null);
  const path = { schedule_id: id };
  const hasChanged = JSON.stringify(spec) !== JSON.stringify(before);
  const save = async () => {
    try {
      await put("/api/v1/schedules/{schedule_id}", { path, body: spec, headers: etag ? { "if-match": etag } : {} });
      done(i18n.t("{name} is saved", { name: spec.name }), async () => {
        await put("/api/v1/schedules/{schedule_id}", { path, body: before });
        refresh("/api/v1/schedules", "/api/v1/oncall");
      });
      close();
    } catch (refusal) {
      setFault(refusal as Problem);
    }
    refresh("/api/v1/schedules", "/api/v1/oncall");
  };
  const setLayers = (layers: Spec["layers"]) => setSpec({ ...spec, layers });
  return (
    <Card
      title={i18n.t("Layers")}
      action={
        <Button variant="default" onClick={() => setAdding(true)}>
          {i18n.t("Add rotation")}
        </Button>
      }
    >
      <Stack gap="md">
        <Group grow align="start">
          <TextInput
            label={i18n.t("Name")}
            value={spec.name}
            onChange={(event) => setSpec({ ...spec, name: event.currentTarget.value })}
          />
          <Select
            label={i18n.t("Time zone")}
            searchable
            limit={50}
            data={zones()}
            value={spec.zone}
            onChange={(zone) => setSpec({ ...spec, zone: zone ?? "UTC" })}
          />
        </Group>
        <Text size="sm" c="var(--t-dim)">
          {spec.layers.length
            ? i18n.t("Where two layers are on duty at the same time, the lower one here wins.")
            : i18n.t("No layer yet, so nobody is ever on call. Add a rotation.")}
        </Text>
        {spec.layers.map((one, index) => (
          <LayerForm
            key={index}
            layer={one}
            onChange={(next) => setLayers(spec.layers.map((each, at) => (at === index ? next : each)))}
            onRemove={() => setLayers(spec.layers.filter((_, at) => at !== index))}
            onUp={
              index > 0
                ? () =>
                    setLayers(
                      spec.layers.map((each, at) =>
                        at === index - 1 ? one : at === index ? (spec.layers[index - 1] ?? each) : each,
                      ),
                    )
                : undefined
            }
          />
        ))}
        <Preview spec={spec} window={window} days={days} />
        <Fault problem={fault} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {i18n.t("Cancel")}
          </Button>
          <Button disabled={!hasChanged} onClick={() => void save()}>
            {i18n.t("Save")}
          </Button>
        </Group>
      </Stack>
      {adding && (
        <RotationWizard
          zone={spec.zone}
          onClose={() => setAdding(false)}
          onMade={async ({ layers, backup }) => {
            if (backup && !(await makeBackup(id, spec, backup))) return false;
            setLayers(beside(spec.layers, layers));
            return true;
          }}
        />
      )}
    </Card>
  );
}

/** What the draft would mean in the window on the page. */
function Preview({ spec, window, days }: { spec: Spec; window: Span; days: DayColumn[] }) {
  const people = usePeople();
  const [asked] = useDebouncedValue(spec, 250);
  const { data, error } = useQuery<Schemas["PreviewShown"], Problem>({
    queryKey: ["preview", asked, window.start, window.end],
    queryFn: ({ signal }) =>
      post("/api/v1/schedules/preview", {
        body: {
          spec: asked,
          start_at: new Date(window.start).toISOString(),
          end_at: new Date(window.end).toISOString(),
        },
        signal,
      }),
    placeholderData: (last) => last,
    retry: false,
  });
  const users = Object.keys(data?.hours ?? {}).sort();
  return (
    <div>
      <Fault problem={error} />
      {data && !error && (
        <div className={css.board} aria-live="polite">
          <DayHead days={days} window={window} zone={spec.zone} />
          <div className={css.lane} data-kind="final">
            <div className={css.label}>{i18n.t("Preview")}</div>
            <div className={css.track}>
              <Bars
                bars={data.shifts.map((one) => ({ ...one, name: people.name(one.user) }))}
                window={window}
                zone={spec.zone}
                users={users}
              />
              <Gaps gaps={data.gaps} window={window} />
            </div>
          </div>
          <div className={css.foot}>
            {users.map((user) => (
              <span key={user}>
                {people.name(user)}: {i18n.t("{hours} h", { hours: Math.round(data.hours[user] ?? 0) })}
              </span>
            ))}
            {data.gaps.length > 0 && (
              <span>
                {i18n.t("{n, plural, one {# gap: nobody is on call} other {# gaps: nobody is on call}}", {
                  n: data.gaps.length,
                })}
              </span>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
