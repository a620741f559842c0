import { Button, TextInput } from "@mantine/core";
import { IconHeartbeat, IconPlugConnected, IconPlus, IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { Ago, Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { number } from "../../words";
import { Answers, State, troubles } from "./Health";
import css from "./Intake.module.css";
import { doorWord } from "./spec";

type Listed = Schemas["SourceListed"];

/** Every source and how it does: what goes wrong first, when it last spoke, and how much. */
export function Sources() {
  const [params, set] = useParamsOfUrl();
  const pages = usePages("/api/v1/sources", { every: 15_000 }, 200);
  const may = useMay("configure");
  const add = may && (
    <Button leftSection={<IconPlus size={15} />} renderRoot={(props) => <Link to="/sources/new" {...props} />}>
      {i18n.t("Connect a source")}
    </Button>
  );
  const isWrong = (one: Listed) => troubles(one.health).length > 0;
  const wrong = pages.items.filter(isWrong).length;
  const q = (params.q ?? "").toLowerCase();
  const shown = pages.items
    .filter((one) => params.only !== "trouble" || isWrong(one))
    .filter((one) => `${one.id} ${one.spec.name} ${doorWord(one.spec.door)} ${one.spec.team}`.toLowerCase().includes(q))
    .sort((a, b) => Number(isWrong(b)) - Number(isWrong(a)) || (a.id < b.id ? -1 : 1));
  return (
    <Page title={i18n.t("Sources")} acts={add} wide>
      <Fault problem={pages.error} retry={() => void pages.refetch()} />
      {pages.isPending && <Waiting />}
      {!pages.isPending && pages.items.length === 0 && !pages.error && (
        <Empty title={i18n.t("Nothing sends here yet")} action={add}>
          {i18n.t("A source is a monitor that sends alerts: Prometheus, Grafana, Zabbix, a script. It takes a minute.")}
        </Empty>
      )}
      {pages.items.length > 0 && (
        <div className={css.filters}>
          <TextInput
            aria-label={i18n.t("Find a source")}
            placeholder={i18n.t("Find a source")}
            leftSection={<IconSearch size={14} aria-hidden="true" />}
            value={params.q ?? ""}
            onChange={(event) => set({ q: event.currentTarget.value })}
          />
          <Button
            variant={params.only === "trouble" ? "light" : "default"}
            aria-pressed={params.only === "trouble"}
            disabled={wrong === 0 && params.only !== "trouble"}
            onClick={() => set({ only: params.only === "trouble" ? "" : "trouble" })}
          >
            {i18n.t("In trouble: {n}", { n: wrong })}
          </Button>
          <span className={css.note} role="status">
            {i18n.t("{n, plural, one {# source} other {# sources}}", { n: shown.length })}
          </span>
        </div>
      )}
      {pages.items.length > 0 && shown.length === 0 && (
        <Empty
          title={i18n.t("No source like that")}
          action={
            <Button variant="default" onClick={() => set({ q: "", only: "" })}>
              {i18n.t("Show all")}
            </Button>
          }
        />
      )}
      <div className={css.gallery}>
        {shown.map((one) => (
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

function Tile({ source }: { source: Listed }) {
  const { health, spec } = source;
  const door = doorWord(spec.door);
  const Icon = spec.door === "heartbeat" ? IconHeartbeat : IconPlugConnected;
  return (
    <article className={css.tile} data-wrong={troubles(health).length > 0 || undefined}>
      <h2>
        <Icon size={17} className={css.icon} aria-hidden="true" />
        <Link to="/sources/$id" params={{ id: source.id }}>
          {spec.name}
        </Link>
        {door !== spec.name && <small>{door}</small>}
      </h2>
      <State health={health} />
      <dl className={css.numbers}>
        <div>
          <dt>{spec.door === "heartbeat" ? i18n.t("Last beat") : i18n.t("Last event")}</dt>
          <dd>
            <Ago at={health.beat_at ?? health.last_seen_at} />
          </dd>
        </div>
        <div>
          <dt>{i18n.t("A minute")}</dt>
          <dd>{number(health.per_minute)}</dd>
        </div>
        <div>
          <dt>{i18n.t("Open now")}</dt>
          <dd>
            {health.open ? (
              <Link to="/alerts" search={{ source: source.id } as never}>
                {number(health.open)}
              </Link>
            ) : (
              "0"
            )}
          </dd>
        </div>
        <div>
          <dt>{i18n.t("Received")}</dt>
          <dd>{number(health.received)}</dd>
        </div>
      </dl>
      <div className={css.last}>
        <span>{i18n.t("Last answers")}</span>
        <Answers answers={health.answers} />
      </div>
    </article>
  );
}
