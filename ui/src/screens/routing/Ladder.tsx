/** One ladder: numbered steps with the minutes that have passed, edited in place. `/ladders/new` begins with a suggestion. */
import { Button, Group, NumberInput, TextInput } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { get, type Problem, put, remove } from "../../api/client";
import { useMay } from "../../api/me";
import { refresh, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { idFor } from "../../parts/ids";
import { Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { begins, type LadderSpec, type Step } from "./ladder";
import css from "./Routing.module.css";
import { StepForm } from "./StepForm";
import { useTargets } from "./targets";
import { minutesWord } from "./words";

const trail = (): [string, string][] => [[i18n.t("Escalation ladders"), "/ladders"]];

export function Ladder() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const isNew = id === "new";
  const { data, error, refetch } = useGet("/api/v1/ladders/{ladder_id}", { path: { ladder_id: id }, when: !isNew });
  const targets = useTargets();
  const isReady = targets.firstPerson !== undefined;
  if (error)
    return (
      <Page title={id} trail={trail()}>
        <Fault problem={error} retry={() => void refetch()} />
      </Page>
    );
  if (!isReady || (!isNew && !data))
    return (
      <Page title={isNew ? i18n.t("New ladder") : id} trail={trail()}>
        <Waiting />
      </Page>
    );
  return (
    <Editor
      key={`${id}${data?.revision ?? 0}`}
      id={isNew ? "" : id}
      before={isNew ? suggested(targets.firstSchedule, targets.firstPerson) : (data?.spec as LadderSpec)}
    />
  );
}

/** On call at once, again after five minutes, then somebody who always can. */
function suggested(schedule?: string, person?: string): LadderSpec {
  const steps: Step[] = [];
  if (schedule) {
    steps.push({ targets: [{ kind: "schedule", id: schedule }], delay_s: 300 });
    steps.push({ targets: [{ kind: "schedule", id: schedule }], delay_s: 600 });
  }
  if (person) steps.push({ targets: [{ kind: "person", id: person }], delay_s: 900 });
  return { name: i18n.t("Default"), steps, repeats: 2, acknowledged_for_s: 0 };
}

async function save(id: string, spec: LadderSpec, before: LadderSpec): Promise<string> {
  const all = id ? [] : (await get("/api/v1/ladders", { query: { limit: 500 } })).items.map((one) => one.id);
  const path = { ladder_id: id || idFor(spec.name, [...all, "new"], "ladder") };
  await put("/api/v1/ladders/{ladder_id}", { path, body: spec });
  done(i18n.t("{name} is saved", { name: spec.name }), async () => {
    if (id) await put("/api/v1/ladders/{ladder_id}", { path, body: before });
    else await remove("/api/v1/ladders/{ladder_id}", { path });
    refresh("/api/v1/ladders");
  });
  return path.ladder_id;
}

function Editor({ id, before }: { id: string; before: LadderSpec }) {
  const [spec, setSpec] = useState(before);
  const [fault, setFault] = useState<Problem | null>(null);
  const may = useMay("configure");
  const navigate = useNavigate();
  const at = begins(spec.steps);
  const total = spec.steps.reduce((sum, one) => sum + one.delay_s, 0);
  const hasChanged = !id || JSON.stringify(spec) !== JSON.stringify(before);
  const setSteps = (steps: Step[]) => setSpec({ ...spec, steps });
  const keep = async () => {
    setFault(null);
    try {
      const made = await save(id, spec, before);
      if (!id) void navigate({ to: `/ladders/${made}` as never, replace: true });
    } catch (refusal) {
      setFault(refusal as Problem);
    }
    refresh("/api/v1/ladders");
  };
  return (
    <Page
      title={id ? before.name : i18n.t("New ladder")}
      trail={trail()}
      acts={
        may && (
          <>
            {id && <RemoveLadder id={id} before={before} />}
            {hasChanged && id && (
              <Button variant="default" onClick={() => setSpec(before)}>
                {i18n.t("Discard")}
              </Button>
            )}
            <Button disabled={!hasChanged} onClick={() => void keep()}>
              {id ? i18n.t("Save") : i18n.t("Create")}
            </Button>
          </>
        )
      }
    >
      <Fault problem={fault} />
      <Group align="end" gap="sm">
        <TextInput
          label={i18n.t("Name")}
          value={spec.name}
          readOnly={!may}
          onChange={(event) => setSpec({ ...spec, name: event.currentTarget.value })}
        />
        <NumberInput
          label={i18n.t("Begin again, times")}
          w={160}
          min={0}
          max={9}
          readOnly={!may}
          value={spec.repeats}
          onChange={(value) => setSpec({ ...spec, repeats: Number(value) || 0 })}
        />
        <NumberInput
          label={i18n.t("Acknowledgement holds, minutes")}
          placeholder={i18n.t("for ever")}
          w={220}
          min={1}
          max={7 * 24 * 60}
          readOnly={!may}
          value={spec.acknowledged_for_s ? spec.acknowledged_for_s / 60 : ""}
          onChange={(value) => setSpec({ ...spec, acknowledged_for_s: Math.round((Number(value) || 0) * 60) })}
        />
      </Group>
      <ol className={css.steps}>
        {spec.steps.map((step, index) => (
          <StepForm
            key={index}
            number={index + 1}
            begins={at[index] ?? 0}
            step={step}
            may={may}
            onChange={(next) => setSteps(spec.steps.map((one, each) => (each === index ? next : one)))}
            onRemove={() => setSteps(spec.steps.filter((_, each) => each !== index))}
            onUp={index > 0 ? () => setSteps(swapped(spec.steps, index)) : undefined}
          />
        ))}
        <li className={css.step} data-last>
          <span className={css.number} aria-hidden="true">
            <b>↻</b>
          </span>
          <div className={css.body}>
            <div className={css.when}>
              <span>
                <strong>{minutesWord(total)}</strong>{" "}
                {spec.repeats > 0
                  ? i18n.t("{n, plural, one {begins again, once more} other {begins again, # times more}}", {
                      n: spec.repeats,
                    })
                  : i18n.t("ends; an administrator is told that nobody answered")}
              </span>
            </div>
            {may && (
              <Button
                variant="default"
                style={{ justifySelf: "start" }}
                onClick={() => setSteps([...spec.steps, { targets: [], delay_s: 300 }])}
              >
                {i18n.t("Add a step")}
              </Button>
            )}
          </div>
        </li>
      </ol>
    </Page>
  );
}

function swapped(steps: Step[], index: number): Step[] {
  const next = [...steps];
  const [a, b] = [next[index - 1], next[index]];
  if (a && b) [next[index - 1], next[index]] = [b, a];
  return next;
}

function RemoveLadder({ id, before }: { id: string; before: LadderSpec }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const path = { ladder_id: id };
  const yes = async () => {
    setAsking(false);
    try {
      await remove("/api/v1/ladders/{ladder_id}", { path });
      void navigate({ to: "/ladders" });
      done(i18n.t("{name} is removed", { name: before.name }), async () => {
        await put("/api/v1/ladders/{ladder_id}", { path, body: before });
        refresh("/api/v1/ladders");
      });
    } catch (fault) {
      refused(fault);
    }
    refresh("/api/v1/ladders");
  };
  return (
    <>
      <Button variant="subtle" color="gray" onClick={() => setAsking(true)}>
        {i18n.t("Remove…")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Remove {name}?", { name: before.name })}
        verb={i18n.t("Remove")}
        onYes={() => void yes()}
        onNo={() => setAsking(false)}
      >
        {i18n.t("Escalations that run keep the steps they began with.")}
      </Sure>
    </>
  );
}
