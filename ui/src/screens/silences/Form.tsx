import { Button, CloseButton, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import dayjs from "dayjs";
import { useState } from "react";
import { post, remove } from "../../api/client";
import { useMay } from "../../api/me";
import { refresh, useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { MomentField } from "../../parts/DateField";
import { Card, Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { Severity } from "../../parts/Severity";
import { useParamsOfUrl } from "../../parts/url";
import { matcherText, type Op, type Row, toRows } from "../alerts/query/text";
import { inMinutes, type Meant, meantOf, parsed, useReach } from "./model";
import css from "./Silences.module.css";

const LASTS = [30, 60, 120, 480, 1440];

/** A new silence, from nothing, from matchers (`?matchers=`), for some alerts (`?alert=ALT-1,ALT-2`) or for all that the
 * filters of the feed match (`?of=all`); for those the house proposes matchers. */
export function NewSilence() {
  const [params] = useParamsOfUrl();
  const meant = meantOf(params);
  const may = useMay("respond");
  const { data, error } = useReach(null, meant);
  if (!may)
    return (
      <Page title={i18n.t("New silence")} trail={[[i18n.t("Silences"), "/silences"]]}>
        <Empty title={i18n.t("You may not silence alerts")}>{i18n.t("It needs the role of a responder.")}</Empty>
      </Page>
    );
  if (error) return <Fault problem={error} />;
  if (!meant) return <Form first={params.matchers ? [params.matchers] : []} meant={null} />;
  return data ? <Form first={data.matchers} meant={meant} /> : <Waiting />;
}

function Form({ first, meant }: { first: string[]; meant: Meant | null }) {
  const proposed = toRows(first.join(", "));
  const [rows, setRows] = useState<Row[]>(proposed?.length ? proposed : [{ field: "", op: "=", value: "" }]);
  const [text, setText] = useState<string | null>(proposed ? null : first.join("\n"));
  const [minutes, setMinutes] = useState(120);
  const [until, setUntil] = useState("");
  const [comment, setComment] = useState("");
  const navigate = useNavigate();
  const matchers = text === null ? rows.filter((row) => row.field).map(matcherText) : parsed(text);
  const end_at = until ? dayjs(until).toISOString() : inMinutes(minutes);
  const make = useChange(
    () =>
      post("/api/v1/silences", {
        body: { matchers: matchers ?? [], start_at: new Date().toISOString(), end_at, comment },
      }),
    "/api/v1/silences",
    "/api/v1/alerts",
  );
  const submit = () =>
    make.mutate(undefined, {
      onSuccess: (silence) => {
        done(i18n.t("Silenced until {at}", { at: dayjs(end_at).format("MM-DD HH:mm") }), () =>
          remove("/api/v1/silences/{silence_id}", { path: { silence_id: silence.id } }).finally(() =>
            refresh("/api/v1/silences", "/api/v1/alerts"),
          ),
        );
        void navigate({ to: "/silences" });
      },
      onError: refused,
    });
  return (
    <Page
      title={i18n.t("New silence")}
      trail={[[i18n.t("Silences"), "/silences"]]}
      aside={<Preview matchers={matchers} meant={meant} />}
      last={
        <Button size="sm" disabled={!matchers?.length} loading={make.isPending} onClick={submit}>
          {i18n.t("Silence")}
        </Button>
      }
    >
      <Card title={i18n.t("Which alerts")}>
        <div className={css.form}>
          {meant && (
            <p className={css.note}>
              {meant.ids?.length === 1
                ? i18n.t("From the labels of {of}. Take away what should not matter.", { of: meant.ids[0] })
                : i18n.t("From what the chosen alerts share. Take away what should not matter.")}
            </p>
          )}
          {text === null ? (
            <Rows rows={rows} set={setRows} />
          ) : (
            <Textarea
              autosize
              minRows={3}
              label={i18n.t("Matchers, one a line")}
              value={text}
              error={matchers === null && i18n.t('Write name="value", name!="value", name=~"regex" or name!~"regex"')}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <Button
            variant="subtle"
            size="compact-xs"
            style={{ justifySelf: "start" }}
            disabled={text !== null && matchers === null}
            onClick={() => {
              if (text === null) setText((matchers ?? []).join("\n"));
              else {
                setRows(toRows((matchers ?? []).join(", ")) ?? []);
                setText(null);
              }
            }}
          >
            {text === null ? i18n.t("Write it as text") : i18n.t("Show it as rows")}
          </Button>
        </div>
      </Card>
      <Card title={i18n.t("For how long, and why")}>
        <div className={css.form}>
          <div className={css.lasts} role="group" aria-label={i18n.t("For how long")}>
            {LASTS.map((one) => (
              <Button
                key={one}
                variant={!until && minutes === one ? "filled" : "default"}
                aria-pressed={!until && minutes === one}
                onClick={() => {
                  setUntil("");
                  setMinutes(one);
                }}
              >
                {one < 60 ? i18n.t("{minutes} min", { minutes: one }) : i18n.t("{hours} h", { hours: one / 60 })}
              </Button>
            ))}
            <MomentField
              aria-label={i18n.t("Until")}
              size="xs"
              value={until || dayjs(end_at).format("YYYY-MM-DDTHH:mm")}
              onChange={setUntil}
            />
          </div>
          <Textarea
            label={i18n.t("Why")}
            placeholder={i18n.t("Planned work on the database, see CHG-12")}
            autosize
            minRows={2}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
        </div>
      </Card>
    </Page>
  );
}

function Rows({ rows, set }: { rows: Row[]; set: (rows: Row[]) => void }) {
  const { data } = useGet("/api/v1/alerts/labels", { staleTime: 60_000 });
  const put = (at: number, patch: Partial<Row>) =>
    set(rows.map((row, index) => (index === at ? { ...row, ...patch } : row)));
  return (
    <div className={css.rows}>
      {rows.map((row, at) => (
        <div key={at} className={css.row}>
          <TextInput
            aria-label={i18n.t("Label")}
            placeholder={i18n.t("Label")}
            list="silence-labels"
            value={row.field}
            onChange={(event) => put(at, { field: event.currentTarget.value.trim() })}
          />
          <NativeSelect
            aria-label={i18n.t("Comparison")}
            value={row.op}
            onChange={(event) => put(at, { op: event.currentTarget.value as Op })}
            data={[
              { value: "=", label: i18n.t("is") },
              { value: "!=", label: i18n.t("is not") },
              { value: "=~", label: i18n.t("matches") },
              { value: "!~", label: i18n.t("does not match") },
            ]}
          />
          <TextInput
            aria-label={i18n.t("Value")}
            placeholder={i18n.t("Value")}
            list={`silence-values-${at}`}
            value={row.value}
            onChange={(event) => put(at, { value: event.currentTarget.value })}
          />
          <CloseButton
            aria-label={i18n.t("Remove this condition")}
            onClick={() => set(rows.filter((_, index) => index !== at))}
          />
          <datalist id={`silence-values-${at}`}>
            {(data?.labels.find((one) => one.name === row.field)?.values ?? []).map((one) => (
              <option key={one.value} value={one.value} />
            ))}
          </datalist>
        </div>
      ))}
      <datalist id="silence-labels">
        {data?.labels.map((one) => (
          <option key={one.name} value={one.name} />
        ))}
      </datalist>
      <Button
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={() => set([...rows, { field: "", op: "=", value: "" }])}
      >
        {i18n.t("Add a condition")}
      </Button>
    </div>
  );
}

/** Whether the matchers reach those they are meant for, and whom else. */
function Aim({ matchers, meant }: { matchers: string[]; meant: Meant }) {
  const { data } = useReach(matchers, meant);
  if (!data) return null;
  const { meant: wanted, reached } = data;
  const others = data.total - reached;
  if (wanted === 0) return <p className={css.note}>{i18n.t("None of the chosen alerts fires now.")}</p>;
  return (
    <ul className={css.aim} role="status">
      <li data-bad={reached < wanted || undefined}>
        {i18n.t("{reached} of the {wanted} chosen that fire", { reached, wanted })}
      </li>
      <li data-bad={others > 0 || undefined}>
        {i18n.t("{n, plural, =0 {nobody else} one {# that was not chosen} other {# that were not chosen}}", {
          n: others,
        })}
      </li>
    </ul>
  );
}

/** What such a silence would hold back now. */
export function Preview({
  matchers,
  meant = null,
  isSet = false,
}: {
  matchers: string[] | null;
  meant?: Meant | null;
  /** It is a silence already. */
  isSet?: boolean;
}) {
  const isReady = Boolean(matchers?.length);
  const query = { filter: matchers ?? [], status: "firing" };
  const { data, error } = useGet("/api/v1/alerts", { query: { ...query, limit: 8 }, when: isReady });
  const { data: counts } = useGet("/api/v1/alerts/facets", { query, when: isReady });
  return (
    <Card title={isSet ? i18n.t("What it holds back now") : i18n.t("What it would hold back now")}>
      {!isReady ? (
        <p className={css.note}>{i18n.t("Write at least one condition.")}</p>
      ) : error ? (
        <Fault problem={error} />
      ) : (
        <>
          <div className={css.number} role="status">
            {counts ? counts.total.toLocaleString(i18n.locale) : "…"}
          </div>
          <p className={css.note}>
            {counts?.total === 0
              ? i18n.t("No alert that fires now. Later ones that match are held back.")
              : i18n.t("alerts that fire now")}
          </p>
          {meant && <Aim matchers={matchers ?? []} meant={meant} />}
          <ul className={css.preview}>
            {data?.items.map((one) => (
              <li key={one.id}>
                <Severity level={one.severity} bare />
                <Link to="/alerts/$id" params={{ id: one.id }}>
                  {one.title}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
