/** The description of a source, to edit; only what was seen is overwritten. */
import { Button, NativeSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { put, type Schemas, send } from "../../api/client";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { Card } from "../../parts/marks";
import { severityWord } from "../../words";
import css from "./Intake.module.css";
import { MappingEditor, TryIt } from "./Mapping";
import { DOORS, doorWord, LEVELS, labelsOf, labelsText, MAPPING, type Spec } from "./spec";

type Shown = Schemas["SourceShown"];

/** Save a source as it was seen; refused when somebody else changed it meanwhile. */
export async function saveSource(seen: { id: string; revision: number }, spec: Spec): Promise<unknown> {
  const path = { source_id: seen.id };
  const now = await send<Shown>("GET", `/api/v1/sources/${encodeURIComponent(seen.id)}`);
  const etag = now.data.revision === seen.revision ? now.etag : '"changed-meanwhile"';
  return put("/api/v1/sources/{source_id}", { path, body: spec, headers: { "if-match": etag } });
}

export function Settings({ source }: { source: Shown }) {
  const [spec, setSpec] = useState<Spec>(source.spec);
  const teams = useGet("/api/v1/teams", { query: { limit: 200 } });
  const save = useChange((body: Spec) => saveSource(source, body), "/api/v1/sources");
  const undo = useChange(
    (body: Spec) => put("/api/v1/sources/{source_id}", { path: { source_id: source.id }, body }),
    "/api/v1/sources",
  );
  const set = (patch: Partial<Spec>) => setSpec({ ...spec, ...patch });
  const before = source.spec;
  const isChanged = JSON.stringify(spec) !== JSON.stringify(before);
  return (
    <Card title={i18n.t("Settings")}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutateAsync(spec).then(() => done(i18n.t("Saved"), () => undo.mutateAsync(before)), refused);
        }}
      >
        <Fields spec={spec} set={set} teams={teams.data?.items.map((one) => one.id) ?? []} />
        {spec.door === "generic" && (
          <>
            <MappingEditor mapping={spec.mapping ?? MAPPING} set={(mapping) => set({ mapping })} />
            <TryIt spec={spec} source={source.id} />
          </>
        )}
        <div className={css.acts}>
          <Button type="submit" loading={save.isPending} disabled={!isChanged}>
            {i18n.t("Save")}
          </Button>
          {isChanged && (
            <Button variant="subtle" onClick={() => setSpec(before)}>
              {i18n.t("As it was")}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

function Fields({ spec, set, teams }: { spec: Spec; set: (patch: Partial<Spec>) => void; teams: string[] }) {
  const seconds = (name: "every_s" | "grace_s" | "resolve_after_s", label: string, description: string) => (
    <NumberInput
      label={label}
      description={description}
      min={name === "grace_s" ? 0 : 1}
      suffix=" s"
      value={spec[name]}
      onChange={(value) => set({ [name]: Number(value) || 0 })}
    />
  );
  return (
    <div className={css.pair}>
      <TextInput
        label={i18n.t("Name")}
        required
        value={spec.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <NativeSelect
        label={i18n.t("Protocol")}
        value={spec.door}
        data={DOORS.map((door) => ({ value: door, label: doorWord(door) }))}
        onChange={(event) => {
          const door = event.currentTarget.value;
          set({ door, mapping: door === "generic" ? (spec.mapping ?? MAPPING) : spec.mapping });
        }}
      />
      <Select
        label={i18n.t("Team")}
        description={i18n.t("Whose alerts these are, where a route asks")}
        clearable
        searchable
        value={spec.team || null}
        data={[...new Set([...teams, spec.team].filter(Boolean))]}
        onChange={(team) => set({ team: team ?? "" })}
      />
      <TextInput
        label={i18n.t("Labels of every signal")}
        description={i18n.t("Such as site=berlin, env=prod")}
        defaultValue={labelsText(spec.labels ?? {})}
        key={labelsText(spec.labels ?? {})}
        onBlur={(event) => set({ labels: labelsOf(event.currentTarget.value) })}
      />
      {spec.door === "heartbeat" ? (
        <>
          {seconds("every_s", i18n.t("It beats every"), i18n.t("How often the job says that it ran"))}
          {seconds("grace_s", i18n.t("Patience"), i18n.t("How much later a beat may come"))}
        </>
      ) : (
        <>
          <TextInput
            label={i18n.t("Time zone of times without one")}
            description={i18n.t("Such as Europe/Berlin or Asia/Shanghai")}
            value={spec.zone}
            onChange={(event) => set({ zone: event.currentTarget.value })}
          />
          {seconds(
            "resolve_after_s",
            i18n.t("An alert ends after"),
            i18n.t("Of silence, where the sender repeats itself"),
          )}
        </>
      )}
      {spec.door !== "generic" && (
        <NativeSelect
          label={i18n.t("Severity of unknown words")}
          value={spec.severity_default}
          data={LEVELS.map((level) => ({ value: level, label: severityWord(level) }))}
          onChange={(event) => set({ severity_default: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
