import { Button, NativeSelect, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { post, type Schemas } from "../../api/client";
import { useChange } from "../../api/query";
import { i18n } from "../../i18n";
import { Fault, Status } from "../../parts/marks";
import { Severity } from "../../parts/Severity";
import { severityWord } from "../../words";
import css from "./Intake.module.css";
import { LEVELS, type Mapping, type Spec, severitiesOf, severityText } from "./spec";

type Read = Schemas["SampleRead"];
/** What the mapping to begin with can read. */
const SAMPLE = '{"id": "17", "title": "pump 3 is down", "status": "firing", "severity": "critical"}';

/** How to read any JSON: each field is CEL over `body` and `item`. */
export function MappingEditor({ mapping, set }: { mapping: Mapping; set: (mapping: Mapping) => void }) {
  const text = (name: keyof Mapping, label: string, description: string) => (
    <TextInput
      className={css.cel}
      label={label}
      description={description}
      value={String(mapping[name] ?? "")}
      spellCheck={false}
      onChange={(event) => set({ ...mapping, [name]: event.currentTarget.value })}
    />
  );
  const words = (name: "firing" | "resolved" | "acknowledged", label: string) => (
    <TagsInput
      label={label}
      value={[...(mapping[name] ?? [])]}
      onChange={(value) => set({ ...mapping, [name]: value })}
    />
  );
  return (
    <div className={css.form}>
      <p className={css.note}>
        {i18n.t("Each field is a CEL expression over body (the whole document) and item (one element of the list).")}
      </p>
      {text("split", i18n.t("The list of alerts"), i18n.t("Such as body.events; empty: the document is one alert"))}
      <div className={css.pair}>
        {text("key", i18n.t("Identity (needed)"), i18n.t("Which alert it is, such as string(item.id)"))}
        {text("title", i18n.t("Title (needed)"), i18n.t("Such as item.what"))}
        {text("status", i18n.t("Status"), i18n.t("Such as item.state; empty: it always fires"))}
        {text("severity", i18n.t("Severity"), i18n.t("Such as item.level"))}
        {text("time", i18n.t("Time"), i18n.t("Such as item.at"))}
        {text("url", i18n.t("Link"), i18n.t("Such as item.link"))}
      </div>
      {text("labels", i18n.t("Labels"), i18n.t("A map, such as {map}", { map: '{"site": body.site}' }))}
      <div className={css.pair}>
        {words("firing", i18n.t("Words that mean: it fires"))}
        {words("resolved", i18n.t("Words that mean: it is over"))}
      </div>
      <div className={css.pair}>
        <TextInput
          label={i18n.t("Severity words")}
          description={i18n.t("Such as sev1=critical, sev2=high")}
          defaultValue={severityText(mapping.severities ?? {})}
          onBlur={(event) => set({ ...mapping, severities: severitiesOf(event.currentTarget.value) })}
        />
        <NativeSelect
          label={i18n.t("Severity of every other word")}
          description={i18n.t("And where there is none")}
          value={mapping.severity_default ?? "medium"}
          data={LEVELS.map((level) => ({ value: level, label: severityWord(level) }))}
          onChange={(event) => set({ ...mapping, severity_default: event.currentTarget.value })}
        />
      </div>
    </div>
  );
}

/** Read a payload with a source that need not be saved: changes nothing. `letter`: that of a dead letter. A `source`
 * has a mapping of its own, which no sample of ours fits: what it sends is asked for. */
export function TryIt({ spec, source, letter }: { spec?: Spec; source?: string; letter?: string }) {
  const [body, setBody] = useState(source ? "" : SAMPLE);
  const read = useChange(() =>
    post("/api/v1/sources/test", {
      body: {
        body: letter ? "" : body,
        letter: letter ?? "",
        source: source ?? "",
        spec,
        door: letter ? "" : (spec?.door ?? ""),
        content_type: "application/json",
      },
    }),
  );
  return (
    <div className={css.form}>
      {!letter && (
        <Textarea
          label={i18n.t("A sample of what it sends")}
          placeholder={i18n.t("Paste one payload here")}
          className={css.sample}
          autosize
          minRows={4}
          maxRows={16}
          spellCheck={false}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
        />
      )}
      <Button
        variant="default"
        style={{ justifySelf: "start" }}
        loading={read.isPending}
        disabled={!letter && !body.trim()}
        onClick={() => read.mutate(undefined)}
      >
        {letter ? i18n.t("Try to read it") : i18n.t("Try on the sample")}
      </Button>
      <div role="status">
        <Fault problem={read.error} />
        {read.data && <WasRead read={read.data} />}
      </div>
    </div>
  );
}

export function WasRead({ read }: { read: Read }) {
  if (!read.understood) return <p className={css.wrong}>{i18n.t("Not understood: {error}", { error: read.error })}</p>;
  return (
    <>
      {read.is_beat && <p className={css.note}>{i18n.t("A heartbeat.")}</p>}
      {read.problems.map((one) => (
        <p key={one} className={css.wrong}>
          {one}
        </p>
      ))}
      {!read.is_beat && read.signals.length === 0 && (
        <p className={css.note}>{i18n.t("Understood; it says nothing.")}</p>
      )}
      <ul className={css.signals}>
        {read.signals.map((one) => (
          <li key={one.key}>
            <Severity level={one.severity} />
            <Status state={one.status} />
            <strong>{one.title}</strong>
            <code>{one.key}</code>
            <code>
              {Object.entries(one.labels)
                .map(([name, value]) => `${name}="${value}"`)
                .join(" ")}
            </code>
          </li>
        ))}
      </ul>
    </>
  );
}
