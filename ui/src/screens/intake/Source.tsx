import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { post, put, remove, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { FirstEvent } from "../../parts/FirstEvent";
import { Ago, Card, Copy, Facts, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { SenderSnippets } from "../../parts/SenderSnippets";
import css from "./Intake.module.css";
import { MappingEditor, TryIt } from "./Mapping";
import { TheKey } from "./New";
import { DOORS, MAPPING, type Spec } from "./spec";

type Shown = Schemas["SourceShown"];

export function Source() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data, error, refetch } = useGet("/api/v1/sources/{source_id}", { path: { source_id: id } });
  if (!data)
    return (
      <Page title={id} trail={[[i18n.t("Sources"), "/sources"]]}>
        {error ? <Fault problem={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  return <Seen key={data.id} source={data} />;
}

function Seen({ source }: { source: Shown }) {
  const [key, setKey] = useState("");
  const may = useMay("configure");
  return (
    <Page
      title={source.spec.name}
      trail={[[i18n.t("Sources"), "/sources"]]}
      acts={
        <>
          <Copy text={location.href} label={i18n.t("Copy link")} />
          {may && <Rotate id={source.id} onKey={setKey} />}
          {may && <Remove source={source} />}
        </>
      }
      aside={<HealthCard id={source.id} />}
    >
      <FirstEvent source={source.id} />
      <Card title={i18n.t("How to send to it")}>
        <div className={css.form}>
          <TheKey value={key} />
          <SenderSnippets door={source.spec.door} apiKey={key} />
        </div>
      </Card>
      {may && <Settings source={source} />}
    </Page>
  );
}

function Rotate({ id, onKey }: { id: string; onKey: (key: string) => void }) {
  const [asking, setAsking] = useState(false);
  const rotate = useChange(
    () =>
      post("/api/v1/sources/{source_id}/rotate", {
        path: { source_id: id },
        body: { overlap_s: 86_400, key_hash: "" },
      }),
    "/api/v1/sources",
  );
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {i18n.t("New key…")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Make a new key?")}
        verb={i18n.t("Make a new key")}
        onNo={() => setAsking(false)}
        onYes={() => {
          setAsking(false);
          rotate.mutate(undefined, {
            onSuccess: (answer) => {
              onKey(answer.key ?? "");
              done(i18n.t("The new key is below. The old one stays good for a day."));
            },
            onError: refused,
          });
        }}
      >
        {i18n.t("Senders with the old key have a day to change; until then both are good.")}
      </Sure>
    </>
  );
}

function Remove({ source }: { source: Shown }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const drop = useChange(
    () => remove("/api/v1/sources/{source_id}", { path: { source_id: source.id } }),
    "/api/v1/sources",
  );
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {i18n.t("Remove…")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Remove {name}?", { name: source.spec.name })}
        typed={source.id}
        verb={i18n.t("Remove")}
        onNo={() => setAsking(false)}
        onYes={() =>
          drop.mutate(undefined, {
            onSuccess: () => {
              done(i18n.t("{name} removed", { name: source.spec.name }));
              void navigate({ to: "/sources" });
            },
            onError: refused,
          })
        }
      >
        {i18n.t("Its keys are void at once: whoever still sends is refused.")}
      </Sure>
    </>
  );
}

function HealthCard({ id }: { id: string }) {
  const { data } = useGet("/api/v1/sources/{source_id}/health", { path: { source_id: id } });
  if (!data) return <Waiting rows={4} />;
  return (
    <Card title={i18n.t("Health")}>
      <Facts
        facts={[
          [i18n.t("Last event"), <Ago key="last" at={data.last_seen_at} />],
          [i18n.t("Heartbeat"), data.beat_at ? <Ago key="beat" at={data.beat_at} /> : ""],
          [i18n.t("Next beat due"), data.beat_due_at ? <Ago key="due" at={data.beat_due_at} /> : ""],
          [i18n.t("A minute"), String(Math.round(data.per_minute * 10) / 10)],
          [
            i18n.t("Open alerts"),
            <Link key="open" to="/alerts" search={{ source: id } as never}>
              {data.open}
            </Link>,
          ],
          [i18n.t("Received"), data.received.toLocaleString(i18n.locale)],
          [i18n.t("Repeats"), data.repeated.toLocaleString(i18n.locale)],
          [i18n.t("Changed nothing"), data.dropped.toLocaleString(i18n.locale)],
          [
            i18n.t("Dead letters"),
            <Link key="letters" to="/dead-letters" search={{ source: id } as never}>
              {data.dead_letters}
            </Link>,
          ],
          [i18n.t("Refused keys (401)"), String(data.refused_keys)],
        ]}
      />
      {data.answers.length > 0 && (
        <>
          <h3 className={css.sub}>{i18n.t("Last answers")}</h3>
          <ul className={css.signals}>
            {data.answers.slice(0, 8).map((one) => (
              <li key={one.at}>
                <code>{one.status}</code> <Ago at={one.at} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

/** The description of a source; only what was seen is overwritten. */
function Settings({ source }: { source: Shown }) {
  const [spec, setSpec] = useState<Spec>(source.spec);
  const save = useChange(
    (body: Spec) => put("/api/v1/sources/{source_id}", { path: { source_id: source.id }, body }),
    "/api/v1/sources",
  );
  const set = (patch: Partial<Spec>) => setSpec({ ...spec, ...patch });
  const submit = () => {
    const before = source.spec;
    save.mutate(spec, {
      onSuccess: () => done(i18n.t("Saved"), () => save.mutateAsync(before).then(() => setSpec(before))),
      onError: refused,
    });
  };
  return (
    <Card title={i18n.t("Settings")}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
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
            data={DOORS}
            onChange={(event) => {
              const door = event.currentTarget.value;
              set({ door, mapping: door === "generic" ? (spec.mapping ?? MAPPING) : spec.mapping });
            }}
          />
          <TextInput
            label={i18n.t("Time zone of times without one")}
            value={spec.zone}
            onChange={(event) => set({ zone: event.currentTarget.value })}
          />
          <NativeSelect
            label={i18n.t("Severity of unknown words")}
            value={spec.severity_default}
            data={["critical", "high", "medium", "low", "info"]}
            onChange={(event) => set({ severity_default: event.currentTarget.value })}
          />
          {spec.door === "heartbeat" ? (
            <NumberInput
              label={i18n.t("It beats every so many seconds")}
              min={1}
              value={spec.every_s}
              onChange={(value) => set({ every_s: Number(value) || 0 })}
            />
          ) : (
            <NumberInput
              label={i18n.t("An alert ends after so many seconds of silence")}
              min={1}
              value={spec.resolve_after_s}
              onChange={(value) => set({ resolve_after_s: Number(value) || 300 })}
            />
          )}
        </div>
        {spec.door === "generic" && (
          <>
            <MappingEditor mapping={spec.mapping ?? MAPPING} set={(mapping) => set({ mapping })} />
            <TryIt spec={spec} />
          </>
        )}
        <Button type="submit" style={{ justifySelf: "start" }} loading={save.isPending}>
          {i18n.t("Save")}
        </Button>
      </form>
    </Card>
  );
}
