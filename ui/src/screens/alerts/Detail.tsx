import { Button } from "@mantine/core";
import { IconArrowBackUp, IconExternalLink, IconMoodSilence } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type Problem, post } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { useKeys } from "../../frame/keys";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { Ago, Card, Code, Copy, Empty, Facts, Fault, Status, useNow, Waiting } from "../../parts/marks";
import { useNameOf } from "../../parts/names";
import { Page } from "../../parts/Page";
import { Severity } from "../../parts/Severity";
import { Why } from "../../parts/Why";
import css from "./Detail.module.css";
import { type Alert as Shown, silenceFor } from "./model";
import { matcherText } from "./query/text";
import { Spark } from "./Spark";

export function Alert() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data, error, refetch } = useGet("/api/v1/alerts/{alert_id}", { path: { alert_id: id } });
  if (error?.status === 404)
    return (
      <Page title={id} trail={[[i18n.t("Alerts"), "/alerts"]]}>
        <Empty
          title={i18n.t("This alert is no longer in memory")}
          action={<Link to="/alerts">{i18n.t("Alerts")}</Link>}
        >
          {i18n.t("What is over leaves memory after a while; what became of it stays in the journal.")}
        </Empty>
        <Card title={i18n.t("From its cause to here")}>
          <Why about={id} />
        </Card>
      </Page>
    );
  if (!data)
    return (
      <Page title={id} trail={[[i18n.t("Alerts"), "/alerts"]]}>
        {error ? <Fault problem={error as Problem} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  return <Seen alert={data} />;
}

function Seen({ alert }: { alert: Shown }) {
  return (
    <Page
      title={alert.title}
      trail={[
        [i18n.t("Alerts"), "/alerts"],
        [alert.id, `/alerts/${alert.id}`],
      ]}
      acts={<Acts alert={alert} />}
      aside={<Aside alert={alert} />}
    >
      <Labels alert={alert} />
      {Object.keys(alert.annotations).length > 0 && (
        <Card title={i18n.t("Annotations")}>
          <Facts
            facts={Object.entries(alert.annotations).map(([name, value]) => [name, <Linked key={name} text={value} />])}
          />
        </Card>
      )}
      <Card title={i18n.t("Who was told, and who was not")}>
        <WhyNot id={alert.id} />
      </Card>
      <Card title={i18n.t("From its cause to here")}>
        <Why about={alert.id} />
      </Card>
    </Page>
  );
}

/** As long as the house takes back that an alert was closed by hand. */
const UNDO_MS = 120_000;

function Acts({ alert }: { alert: Shown }) {
  const may = useMay("respond");
  const navigate = useNavigate();
  const resolve = useChange(
    () => post("/api/v1/alerts/{alert_id}/resolve", { path: { alert_id: alert.id }, body: undefined }),
    "/api/v1/alerts",
    "/api/v1/incidents",
    "/api/v1/why",
  );
  const reopen = useChange(
    () => post("/api/v1/alerts/{alert_id}/reopen", { path: { alert_id: alert.id }, body: undefined }),
    "/api/v1/alerts",
    "/api/v1/incidents",
    "/api/v1/why",
  );
  const close = () =>
    resolve.mutate(undefined, {
      onSuccess: () =>
        done(i18n.t("{id} resolved. If its sender says it again, it opens anew.", { id: alert.id }), () =>
          reopen.mutateAsync(undefined),
        ),
      onError: refused,
    });
  const now = useNow();
  const canReopen = alert.how === "manual" && alert.ended_at && now <= Date.parse(alert.ended_at) + UNDO_MS;
  const canResolve = may && alert.status === "firing";
  useKeys({
    ...(may ? { s: [i18n.t("Silence"), () => void navigate({ to: silenceFor([alert]) as never })] } : {}),
    ...(canResolve ? { r: [i18n.t("Resolve"), close] } : {}),
    ...(alert.incident
      ? { e: [i18n.t("Go to its incident"), () => void navigate({ to: `/incidents/${alert.incident}` as never })] }
      : {}),
  });
  return (
    <>
      <Copy text={location.href} label={i18n.t("Copy link")} />
      {alert.url && /^https?:/.test(alert.url) && (
        <Button
          variant="default"
          component="a"
          href={alert.url}
          target="_blank"
          rel="noreferrer"
          leftSection={<IconExternalLink size={15} />}
        >
          {i18n.t("At its sender")}
        </Button>
      )}
      {canResolve && (
        <Button variant="default" onClick={close} loading={resolve.isPending}>
          {i18n.t("Resolve")}
        </Button>
      )}
      {may && canReopen && (
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={15} />}
          loading={reopen.isPending}
          onClick={() =>
            reopen.mutate(undefined, {
              onSuccess: () => done(i18n.t("{id} fires again. Nobody is called again.", { id: alert.id })),
              onError: refused,
            })
          }
        >
          {i18n.t("Reopen")}
        </Button>
      )}
      {may && (
        <Button
          leftSection={<IconMoodSilence size={15} />}
          renderRoot={(props) => <Link to={silenceFor([alert]) as never} {...props} />}
        >
          {i18n.t("Silence it")}
        </Button>
      )}
    </>
  );
}

function Labels({ alert }: { alert: Shown }) {
  return (
    <Card
      title={i18n.t("Labels")}
      action={
        <Copy
          text={`{${Object.entries(alert.labels)
            .map(([field, value]) => matcherText({ field, op: "=", value }))
            .join(", ")}}`}
          label={i18n.t("Copy as matchers")}
        />
      }
    >
      <div className={css.labels}>
        {Object.entries(alert.labels).map(([field, value]) => (
          <Link
            key={field}
            to="/alerts"
            search={{ q: matcherText({ field, op: "=", value }), status: "all" } as never}
            className={css.label}
            title={i18n.t("All alerts with this label")}
          >
            <span>{field}</span>
            {value}
          </Link>
        ))}
      </div>
    </Card>
  );
}

function Aside({ alert }: { alert: Shown }) {
  const service = useNameOf("/api/v1/services");
  const source = useNameOf("/api/v1/sources");
  return (
    <>
      <Card>
        <Facts
          facts={[
            [i18n.t("Severity"), <Severity key="severity" level={alert.severity} />],
            [
              i18n.t("As it was said"),
              alert.severity_original !== alert.severity ? <Code key="said">{alert.severity_original}</Code> : "",
            ],
            [i18n.t("Status"), <Status key="status" state={alert.status} />],
            [i18n.t("Held back by"), held(alert)],
            [
              i18n.t("Incident"),
              alert.incidents.length > 0 &&
                alert.incidents.map((one) => (
                  <Link key={one} to={`/incidents/${one}` as never} className={css.incident}>
                    {one}
                  </Link>
                )),
            ],
            [
              i18n.t("Service"),
              alert.service && <Link to={`/services/${alert.service}` as never}>{service(alert.service)}</Link>,
            ],
            [
              i18n.t("Source"),
              <Link key="source" to={`/sources/${alert.source}` as never}>
                {source(alert.source)}
              </Link>,
            ],
          ].map(([name, value]) => [name as string, value || ""])}
        />
      </Card>
      <Card title={i18n.t("Times")}>
        <Facts
          facts={[
            [i18n.t("Began"), <Ago key="began" at={alert.started_at} />],
            [i18n.t("First heard"), <Ago key="first" at={alert.first_at} />],
            [i18n.t("Last heard"), <Ago key="last" at={alert.last_at} />],
            [i18n.t("Acknowledged"), alert.acknowledged_at && <Ago at={alert.acknowledged_at} />],
            [i18n.t("Ended"), alert.ended_at && <Ago at={alert.ended_at} />],
            [i18n.t("Ends by itself"), alert.status === "firing" && alert.expires_at && <Ago at={alert.expires_at} />],
            [i18n.t("Said"), i18n.t("{n, plural, one {once} other {# times}}", { n: alert.count })],
          ].map(([name, value]) => [name as string, value || ""])}
        />
        <div className={css.spark}>
          <Spark id={alert.id} stamp={alert.last_at} width={260} />
        </div>
      </Card>
      <Card title={i18n.t("Identity")}>
        <p className={css.key}>{alert.key}</p>
        <p className={css.note}>
          {i18n.t(
            "Repeats and the recovery are recognized by this. For an alert of Prometheus it is a digest of its labels.",
          )}
        </p>
      </Card>
    </>
  );
}

function held(alert: Shown) {
  if (alert.silenced_by) return <Link to={`/silences/${alert.silenced_by}` as never}>{i18n.t("a silence")}</Link>;
  return alert.suppressed_by ? <Code>{alert.suppressed_by}</Code> : "";
}

function WhyNot({ id }: { id: string }) {
  const { data, error } = useGet("/api/v1/why-not/{alert_id}", { path: { alert_id: id } });
  if (error) return <Fault problem={error} />;
  if (!data) return <Waiting rows={2} />;
  return (
    <>
      <p className={css.verdict}>
        {data.was_paged ? i18n.t("Somebody was paged for it.") : i18n.t("Nobody was paged for it.")}
      </p>
      <ul className={css.reasons}>
        {data.reasons.map((one) => (
          <li key={one.reason}>
            {one.text.slice(0, 1).toUpperCase() + one.text.slice(1)}
            {one.proof && (
              <small>
                {" "}
                · {one.proof.text} <Ago at={one.proof.at} />
              </small>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Linked({ text }: { text: string }) {
  return /^https?:\/\/\S+$/.test(text) ? (
    <a href={text} target="_blank" rel="noreferrer">
      {text}
    </a>
  ) : (
    text
  );
}
