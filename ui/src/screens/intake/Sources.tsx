import { Button } from "@mantine/core";
import { IconHeartbeat, IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { Ago, Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import css from "./Intake.module.css";

type Listed = Schemas["SourceListed"];

/** Every source and how it does: when it last spoke, how much, and what goes wrong. */
export function Sources() {
  const pages = usePages("/api/v1/sources", { every: 30_000 });
  const may = useMay("configure");
  const add = may && (
    <Button leftSection={<IconPlus size={15} />} renderRoot={(props) => <Link to="/sources/new" {...props} />}>
      {i18n.t("Connect a source")}
    </Button>
  );
  return (
    <Page title={i18n.t("Sources")} acts={add} wide>
      <Fault problem={pages.error} retry={() => void pages.refetch()} />
      {pages.isPending && <Waiting />}
      {!pages.isPending && pages.items.length === 0 && !pages.error && (
        <Empty title={i18n.t("Nothing sends here yet")} action={add}>
          {i18n.t("A source is a monitor that sends alerts: Prometheus, Grafana, Zabbix, a script. It takes a minute.")}
        </Empty>
      )}
      <div className={css.gallery}>
        {pages.items.map((one) => (
          <Tile key={one.id} source={one} />
        ))}
      </div>
      {pages.hasMore && (
        <Button variant="default" mt="md" onClick={pages.more}>
          {i18n.t("Show more")}
        </Button>
      )}
    </Page>
  );
}

/** What is wrong with a source, worst first; empty when nothing is. */
export function troubles({ health }: Listed): string[] {
  const found: string[] = [];
  if (health.beat_missed) found.push(i18n.t("Its heartbeat is missing"));
  if (health.dead_letters)
    found.push(i18n.t("{n, plural, one {# dead letter} other {# dead letters}}", { n: health.dead_letters }));
  if (health.refused_keys)
    found.push(
      i18n.t("{n, plural, one {# refused key (401)} other {# refused keys (401)}}", { n: health.refused_keys }),
    );
  if (!health.last_seen_at && !health.beat_at) found.push(i18n.t("Never heard"));
  return found;
}

function Tile({ source }: { source: Listed }) {
  const { health, spec } = source;
  const wrong = troubles(source);
  const Icon = spec.door === "heartbeat" ? IconHeartbeat : IconPlugConnected;
  return (
    <article className={css.tile} data-wrong={wrong.length > 0 || undefined}>
      <h2>
        <Icon size={17} aria-hidden="true" />
        <Link to="/sources/$id" params={{ id: source.id }}>
          {spec.name}
        </Link>
        <code>{spec.door}</code>
      </h2>
      <dl className={css.numbers}>
        <div>
          <dt>{i18n.t("Last event")}</dt>
          <dd>
            <Ago at={health.last_seen_at ?? health.beat_at} />
          </dd>
        </div>
        <div>
          <dt>{i18n.t("A minute")}</dt>
          <dd>{Math.round(health.per_minute * 10) / 10}</dd>
        </div>
        <div>
          <dt>{i18n.t("Open")}</dt>
          <dd>
            <Link to="/alerts" search={{ source: source.id } as never}>
              {health.open}
            </Link>
          </dd>
        </div>
        <div>
          <dt>{i18n.t("Received")}</dt>
          <dd>{health.received.toLocaleString(i18n.locale)}</dd>
        </div>
      </dl>
      <p className={css.state}>
        {wrong.length === 0
          ? i18n.t("All is well")
          : wrong.map((words) => (
              <span key={words} className={css.wrong}>
                {words}
              </span>
            ))}
      </p>
    </article>
  );
}
