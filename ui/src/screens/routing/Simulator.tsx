/** The simulator: labels, an alert or a payload in; who would be told, when and how, out. Nothing happens. */
import { Button, SegmentedControl, Select, Textarea } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { Problem, post, type Schemas } from "../../api/client";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { MomentField } from "../../parts/DateField";
import { Card, Fault } from "../../parts/marks";
import { useParamsOfUrl } from "../../parts/url";
import { SEVERITIES, severityWord } from "../../words";
import { labelsOf, type Route } from "./ladder";
import css from "./Routing.module.css";
import { SimulationShown } from "./SimulationShown";

type Asked = Partial<Schemas["SimulationAsked"]>;
type Kind = "labels" | "alert" | "payload";

export function Simulator({ draft, onHit }: { draft?: Route; onHit: (paths: string[]) => void }) {
  const [params] = useParamsOfUrl();
  const [kind, setKind] = useState<Kind>(params.alert ? "alert" : "labels");
  const [labels, setLabels] = useState(params.labels ?? 'alertname="CheckoutSlow" service="checkout"');
  const [severity, setSeverity] = useState("critical");
  const [alert, setAlert] = useState(params.alert ?? "");
  const [source, setSource] = useState("");
  const [payload, setPayload] = useState("");
  const [at, setAt] = useState("");
  const [answer, setAnswer] = useState<Schemas["SimulationShown"] | null>(null);
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = async (event?: FormEvent) => {
    event?.preventDefault();
    const asked: Asked =
      kind === "labels" ? { labels: labelsOf(labels), severity } : kind === "alert" ? { alert } : { source, payload };
    setBusy(true);
    setFault(null);
    try {
      const body = { ...asked, ...(at ? { at: new Date(at).toISOString() } : {}), ...(draft ? { root: draft } : {}) };
      const found = await post("/api/v1/routes/simulate", { body: body as Schemas["SimulationAsked"] });
      setAnswer(found);
      onHit(found.signals.flatMap((one) => one.routes.flatMap((each) => each.path.map((step) => step.path))));
    } catch (refusal) {
      setAnswer(null);
      if (refusal instanceof Problem) setFault(refusal);
    }
    setBusy(false);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: an alert in the address is tried once
  useEffect(() => {
    if (params.alert) void ask();
  }, []);
  return (
    <>
      <Card title={i18n.t("What comes in")}>
        <form onSubmit={ask} className={css.form}>
          <SegmentedControl
            aria-label={i18n.t("What to try")}
            size="xs"
            value={kind}
            onChange={(value) => setKind(value as Kind)}
            data={[
              { value: "labels", label: i18n.t("Labels") },
              { value: "alert", label: i18n.t("An alert") },
              { value: "payload", label: i18n.t("A payload") },
            ]}
          />
          {kind === "labels" && <LabelsFields {...{ labels, setLabels, severity, setSeverity }} />}
          {kind === "alert" && <AlertField alert={alert} setAlert={setAlert} />}
          {kind === "payload" && <PayloadFields {...{ source, setSource, payload, setPayload }} />}
          <MomentField label={i18n.t("When (now, if left empty)")} value={at} onChange={setAt} />
          {draft && <small>{i18n.t("Tries your unsaved tree.")}</small>}
          <Button type="submit" loading={busy} disabled={kind === "alert" ? !alert : kind === "payload" && !payload}>
            {i18n.t("Who would be told?")}
          </Button>
        </form>
      </Card>
      <div className={css.form}>
        <Fault problem={fault} />
        {answer ? (
          <SimulationShown answer={answer} />
        ) : (
          !fault && (
            <Card title={i18n.t("Try before it burns")}>
              {i18n.t(
                "Type labels, pick an alert or paste what a monitor sends. You see which route it takes, who is told, when and how. Nobody is paged.",
              )}
            </Card>
          )
        )}
      </div>
    </>
  );
}

function LabelsFields({
  labels,
  setLabels,
  severity,
  setSeverity,
}: {
  labels: string;
  setLabels: (text: string) => void;
  severity: string;
  setSeverity: (text: string) => void;
}) {
  return (
    <>
      <Textarea
        label={i18n.t("Labels")}
        autosize
        minRows={3}
        styles={{ input: { fontFamily: "var(--t-mono)" } }}
        value={labels}
        onChange={(event) => setLabels(event.currentTarget.value)}
      />
      <Select
        label={i18n.t("Severity")}
        data={SEVERITIES.map((value) => ({ value, label: severityWord(value) }))}
        value={severity}
        onChange={(value) => setSeverity(value ?? "high")}
      />
    </>
  );
}

function AlertField({ alert, setAlert }: { alert: string; setAlert: (text: string) => void }) {
  const { data } = useGet("/api/v1/alerts", { query: { limit: 100 } });
  const options = (data?.items ?? []).map((one) => ({ value: String(one.id), label: `${one.id} ${one.title}` }));
  if (alert && !options.some((one) => one.value === alert)) options.unshift({ value: alert, label: alert });
  return (
    <Select
      label={i18n.t("Alert")}
      searchable
      data={options}
      value={alert || null}
      onChange={(value) => setAlert(value ?? "")}
      nothingFoundMessage={i18n.t("No such alert")}
    />
  );
}

function PayloadFields({
  source,
  setSource,
  payload,
  setPayload,
}: {
  source: string;
  setSource: (text: string) => void;
  payload: string;
  setPayload: (text: string) => void;
}) {
  const { data } = useGet("/api/v1/sources", { query: { limit: 500 } });
  const options = (data?.items ?? []).map((one) => ({ value: one.id, label: one.spec.name }));
  return (
    <>
      <Select
        label={i18n.t("As it would come to")}
        data={[{ value: "", label: i18n.t("any source (Alertmanager)") }, ...options]}
        value={source}
        onChange={(value) => setSource(value ?? "")}
      />
      <Textarea
        label={i18n.t("Payload")}
        autosize
        minRows={8}
        maxRows={24}
        styles={{ input: { fontFamily: "var(--t-mono)", fontSize: 12 } }}
        placeholder={'{"alerts": [{"status": "firing", "labels": {"alertname": "…"}}]}'}
        value={payload}
        onChange={(event) => setPayload(event.currentTarget.value)}
      />
    </>
  );
}
