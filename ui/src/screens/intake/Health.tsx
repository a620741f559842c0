/** How a source does: what is wrong in words first, then the numbers. */
import { IconAlertTriangle, IconCircleCheck, IconHourglass } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Ago, Card, exact, Facts, Waiting } from "../../parts/marks";
import { number } from "../../words";
import css from "./Intake.module.css";

export type Health = Schemas["Health"];
type Trouble = { words: string; to: string; search?: Record<string, string> };

/** What is wrong with a source, worst first; empty when nothing is. Each leads to where it is mended. */
export function troubles(health: Health): Trouble[] {
  const found: Trouble[] = [];
  const here = `/sources/${health.source}`;
  if (health.beat_missed) found.push({ words: i18n.t("Its heartbeat is missing"), to: here });
  if (health.dead_letters)
    found.push({
      words: i18n.t("{n, plural, one {# dead letter waits} other {# dead letters wait}}", { n: health.dead_letters }),
      to: "/dead-letters",
      search: { source: health.source },
    });
  if (health.refused_keys)
    found.push({
      words: i18n.t("{n, plural, one {# refused key (401)} other {# refused keys (401)}}", { n: health.refused_keys }),
      to: here,
    });
  return found;
}

export function isHeard(health: Health): boolean {
  return Boolean(health.last_seen_at || health.beat_at);
}

/** One line: the trouble, or that it waits for its first event, or that all is well. */
export function State({ health }: { health: Health }) {
  const wrong = troubles(health);
  if (wrong.length)
    return (
      <p className={css.state} data-state="wrong">
        <IconAlertTriangle size={15} aria-hidden="true" />
        {wrong.map((one) => (
          <Link key={one.words} to={one.to as never} search={one.search as never}>
            {one.words}
          </Link>
        ))}
      </p>
    );
  if (!isHeard(health))
    return (
      <p className={css.state} data-state="new">
        <IconHourglass size={15} aria-hidden="true" />
        <Link to="/sources/$id" params={{ id: health.source }}>
          {i18n.t("Nothing heard yet: see how to send to it")}
        </Link>
      </p>
    );
  return (
    <p className={css.state}>
      <IconCircleCheck size={15} aria-hidden="true" />
      {i18n.t("All is well")}
    </p>
  );
}

/** The last answers to its deliveries, oldest first: low and pale was taken, tall and strong was refused. */
export function Answers({ answers }: { answers: Health["answers"] }) {
  if (!answers.length) return <span className={css.note}>–</span>;
  const refused = answers.filter((one) => one.status >= 400).length;
  const words = i18n.t("{refused} of the last {n} deliveries were refused", { refused, n: answers.length });
  return (
    <span className={css.answers} role="img" aria-label={words}>
      {answers
        .slice(0, 20)
        .reverse()
        .map((one, index) => (
          <i
            key={`${one.at}.${index}`}
            data-refused={one.status >= 400 || undefined}
            title={`${one.status} · ${exact(one.at)}`}
          />
        ))}
    </span>
  );
}

export function HealthCard({ id }: { id: string }) {
  const { data } = useGet("/api/v1/sources/{source_id}/health", { path: { source_id: id }, every: 15_000 });
  if (!data) return <Waiting rows={4} />;
  return (
    <Card title={i18n.t("Health")}>
      <State health={data} />
      <Facts
        facts={[
          [i18n.t("Last event"), <Ago key="last" at={data.last_seen_at} />],
          [i18n.t("Heartbeat"), data.beat_at ? <Ago key="beat" at={data.beat_at} /> : ""],
          [i18n.t("Next beat due"), data.beat_due_at ? <Ago key="due" at={data.beat_due_at} /> : ""],
          [i18n.t("A minute"), number(data.per_minute)],
          [
            i18n.t("Open alerts"),
            <Link key="open" to="/alerts" search={{ source: id } as never}>
              {number(data.open)}
            </Link>,
          ],
          [
            i18n.t("Received"),
            <Link key="received" to="/ledger" search={{ source: id } as never}>
              {number(data.received)}
            </Link>,
          ],
          [i18n.t("Repeats"), number(data.repeated)],
          [i18n.t("Changed nothing"), number(data.dropped)],
          [
            i18n.t("Dead letters"),
            <Link key="letters" to="/dead-letters" search={{ source: id } as never}>
              {i18n.t("{waiting} of {ever}", {
                waiting: number(data.dead_letters),
                ever: number(data.dead_letters_ever),
              })}
            </Link>,
          ],
          [i18n.t("Refused keys (401)"), number(data.refused_keys)],
          [
            i18n.t("Last answers"),
            <span key="answers" className={css.recent}>
              <Answers answers={data.answers} />
              {data.answers[0] && `HTTP ${data.answers[0].status}`}
            </span>,
          ],
        ]}
      />
    </Card>
  );
}
