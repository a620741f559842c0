import { ActionIcon, Button, NativeSelect, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCheck, IconFilter, IconMoodSilence, IconX } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useMay } from "../../api/me";
import { useGet, usePages } from "../../api/query";
import { useKeys } from "../../frame/keys";
import { i18n } from "../../i18n";
import { BulkBar } from "../../parts/BulkBar";
import { useChoice } from "../../parts/choice";
import { Export } from "../../parts/Export";
import { List } from "../../parts/List";
import { Empty, Fault } from "../../parts/marks";
import { useNameOf } from "../../parts/names";
import { Page } from "../../parts/Page";
import { Partial } from "../../parts/Partial";
import { SavedViews } from "../../parts/SavedViews";
import type { Swipes } from "../../parts/swipe";
import { useParamsOfUrl } from "../../parts/url";
import { type FeedActs, useFeedActs, type Which } from "./acts";
import { columns } from "./columns";
import { FacetDrawer, Facets } from "./Facets";
import css from "./Feed.module.css";
import { type Alert, queryOf } from "./model";
import { QueryBar } from "./QueryBar";
import { narrowed } from "./query/text";
import { Rate, Storm } from "./Storm";

const PRESETS = () => [
  { name: i18n.t("Firing"), query: "" },
  { name: i18n.t("Critical"), query: "severity=critical" },
  { name: i18n.t("Held back"), query: "suppressed=true" },
  { name: i18n.t("Everything"), query: "status=all" },
];

export function Alerts() {
  const [params, set] = useParamsOfUrl();
  const navigate = useNavigate();
  const may = useMay("respond");
  const choice = useChoice<Alert>();
  const [drawer, setDrawer] = useState(false);
  const isNarrow = useMediaQuery("(max-width: 900px)") ?? false;
  const facets = useRef<HTMLDivElement>(null);
  const asked = queryOf(params);
  const sort = params.sort || "-last_at";
  const pages = usePages("/api/v1/alerts", { query: { ...asked, sort } });
  const { data: counts } = useGet("/api/v1/alerts/facets", { query: { ...asked, labels: "" } });
  const total = counts?.total;
  const { resolve, silence, isBusy, dialog } = useFeedActs(choice, params, { total: total ?? 0, at: counts?.at });
  const narrow = (field: string, value: string) => set({ q: narrowed(params.q ?? "", { field, op: "=", value }) });
  useKeys({
    f: [
      i18n.t("Go to the counts"),
      () => (isNarrow ? setDrawer(true) : facets.current?.querySelector<HTMLElement>("button")?.focus()),
    ],
  });
  const aimed = (some: Alert[]): Which => (choice.isAll ? "all" : some);
  const filtered = Object.keys(params).some((one) => one !== "sort" && one !== "labels");
  const withStatus = Boolean(params.status) && params.status !== "firing";
  const serviceName = useNameOf("/api/v1/services");
  const shown = useMemo(() => columns(withStatus, serviceName), [withStatus, serviceName]);
  return (
    <Page
      title={i18n.t("Alerts")}
      wide
      acts={
        <>
          <Rate />
          <Export what="alerts" query={asked} />
        </>
      }
    >
      <Storm narrow={narrow} />
      <QueryBar text={params.q ?? ""} set={(q) => set({ q })} fault={pages.error} />
      <div className={css.tools}>
        <SavedViews screen="alerts" presets={PRESETS()} />
        {params.incident && (
          <Button
            variant="light"
            size="compact-sm"
            rightSection={<IconX size={14} aria-hidden="true" />}
            aria-label={i18n.t("Not only those of {id}", { id: params.incident })}
            onClick={() => set({ incident: "" })}
          >
            {params.incident}
          </Button>
        )}
        <span className={css.total} role="status">
          {total !== undefined && i18n.t("{total, plural, one {# alert} other {# alerts}}", { total })}
        </span>
        <Order sort={sort} set={(one) => set({ sort: one === "-last_at" ? "" : one })} />
        {isNarrow && (
          <Tooltip label={i18n.t("Narrow")}>
            <ActionIcon size={30} variant="default" aria-label={i18n.t("Narrow")} onClick={() => setDrawer(true)}>
              <IconFilter size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <div className={css.columns}>
        {!isNarrow && (
          <div ref={facets} className={css.facets}>
            <Facets params={params} set={set} />
          </div>
        )}
        <div className={css.main}>
          {pages.error && pages.error.status !== 400 && (
            <Fault problem={pages.error} retry={() => void pages.refetch()} />
          )}
          {!pages.isComplete && (
            <Partial>
              {i18n.t("Not every alert was looked at: there are too many for this filter. Narrow it to see the rest.")}
            </Partial>
          )}
          <List
            label={i18n.t("Alerts")}
            items={pages.items}
            id={(one) => one.id}
            columns={shown}
            open={(one) => void navigate({ to: "/alerts/$id", params: { id: one.id } })}
            filter={JSON.stringify([asked, sort])}
            more={pages.more}
            seen={pages.seen}
            isFetching={pages.isFetching}
            choice={may ? choice : undefined}
            swipe={may ? (one) => swipes(one, resolve, silence) : undefined}
            edge={(one) => (one.status === "firing" ? one.severity : "")}
            height={isNarrow ? "calc(100dvh - 250px)" : "calc(100dvh - 214px)"}
            acts={{
              ...(may
                ? {
                    s: [i18n.t("Silence"), (some: Alert[]) => silence(aimed(some))],
                    r: [i18n.t("Resolve"), (some: Alert[]) => resolve(aimed(some))],
                  }
                : {}),
              e: [
                i18n.t("Go to its incident"),
                ([one]) => {
                  if (one?.incident) void navigate({ to: "/incidents/$id", params: { id: one.incident } });
                },
              ],
            }}
            empty={pages.error ? null : <Nothing filtered={filtered} clear={() => void navigate({ to: "/alerts" })} />}
          />
        </div>
      </div>
      <BulkBar choice={choice} read={pages.items.length} total={total}>
        <Button variant="default" onClick={() => silence(aimed([...choice.rows.values()]))}>
          {i18n.t("Silence…")}
        </Button>
        <Button variant="default" loading={isBusy} onClick={() => resolve(aimed([...choice.rows.values()]))}>
          {i18n.t("Resolve")}
        </Button>
      </BulkBar>
      {dialog}
      <FacetDrawer opened={drawer && isNarrow} close={() => setDrawer(false)} params={params} set={set} />
    </Page>
  );
}

function swipes(alert: Alert, resolve: FeedActs["resolve"], silence: FeedActs["silence"]): Swipes {
  return {
    right:
      alert.status === "firing"
        ? { words: i18n.t("Resolve"), icon: IconCheck, run: () => resolve([alert]) }
        : undefined,
    left: { words: i18n.t("Silence…"), icon: IconMoodSilence, run: () => silence([alert]) },
  };
}

function Order({ sort, set }: { sort: string; set: (sort: string) => void }) {
  return (
    <NativeSelect
      size="xs"
      aria-label={i18n.t("Order")}
      value={sort}
      onChange={(event) => set(event.currentTarget.value)}
      data={[
        { value: "-last_at", label: i18n.t("Latest first") },
        { value: "first_at", label: i18n.t("Oldest first") },
        { value: "severity", label: i18n.t("Worst first") },
        { value: "-count", label: i18n.t("Loudest first") },
      ]}
    />
  );
}

function Nothing({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  if (filtered)
    return (
      <Empty title={i18n.t("No alert matches")} action={<Button onClick={clear}>{i18n.t("Clear the filters")}</Button>}>
        {i18n.t("Only the filters keep them away.")}
      </Empty>
    );
  return (
    <Empty title={i18n.t("Nothing is firing")} action={<Link to="/sources">{i18n.t("Look at the sources")}</Link>}>
      {i18n.t("All is calm, or nothing is connected yet: the sources say when each was last heard.")}
    </Empty>
  );
}
