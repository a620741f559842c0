import { Button, Menu, SegmentedControl } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { put, remove } from "../../api/client";
import { useMay } from "../../api/me";
import { refresh, useChange, usePages } from "../../api/query";
import { useKeys } from "../../frame/keys";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { type Column, List } from "../../parts/List";
import { Ago, Empty, Fault, Status } from "../../parts/marks";
import { useNameOf } from "../../parts/names";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { again, inMinutes, type Silence } from "./model";
import css from "./Silences.module.css";

export function Silences() {
  const [params, set] = useParamsOfUrl();
  const status = params.status ?? "active";
  const pages = usePages("/api/v1/silences", { query: { status: status === "all" ? "" : status } });
  const may = useMay("respond");
  const navigate = useNavigate();
  const { expire } = useSilenceActs();
  const items = [...pages.items].sort((a, b) => b.end_at.localeCompare(a.end_at));
  useKeys({ s: [i18n.t("New silence"), () => void navigate({ to: "/silences/new" })] });
  return (
    <Page
      title={i18n.t("Silences")}
      wide
      acts={
        may && (
          <Button leftSection={<IconPlus size={15} />} renderRoot={(props) => <Link to="/silences/new" {...props} />}>
            {i18n.t("New silence")}
          </Button>
        )
      }
    >
      <SegmentedControl
        mb="sm"
        size="xs"
        aria-label={i18n.t("Status")}
        value={status}
        onChange={(one) => set({ status: one === "active" ? "" : one })}
        data={[
          { value: "active", label: i18n.t("Active") },
          { value: "pending", label: i18n.t("To come") },
          { value: "expired", label: i18n.t("Over") },
          { value: "all", label: i18n.t("All") },
        ]}
      />
      <Fault problem={pages.error} retry={() => void pages.refetch()} />
      <List
        label={i18n.t("Silences")}
        items={items}
        id={(one) => one.id}
        columns={columns(may)}
        filter={status}
        more={pages.more}
        seen={pages.seen}
        isFetching={pages.isFetching}
        open={(one) => void navigate({ to: "/silences/$id", params: { id: one.id } })}
        acts={may ? { e: [i18n.t("End now"), ([one]) => one && expire(one)] } : {}}
        empty={
          <Empty
            title={i18n.t("No silence here")}
            action={may && <Link to="/silences/new">{i18n.t("Write one")}</Link>}
          >
            {i18n.t(
              "A silence keeps alerts from paging for a while: a planned work, a known fault. They are still shown.",
            )}
          </Empty>
        }
      />
    </Page>
  );
}

function columns(may: boolean): Column<Silence>[] {
  return [
    {
      name: "matchers",
      title: i18n.t("Matches"),
      width: "minmax(0, 3fr)",
      cell: (one) => <Matchers texts={one.matchers} />,
    },
    { name: "comment", title: i18n.t("Why"), width: "minmax(0, 2fr)", wideOnly: true, cell: (one) => one.comment },
    {
      name: "by",
      title: i18n.t("By"),
      width: "90px",
      wideOnly: true,
      rank: null,
      cell: (one) => <By id={one.created_by} />,
    },
    {
      name: "count",
      title: i18n.t("Holds back"),
      width: "90px",
      wideOnly: true,
      rank: 3,
      cell: (one) => i18n.t("{n, plural, one {# alert} other {# alerts}}", { n: one.suppressing }),
    },
    {
      name: "status",
      title: i18n.t("Status"),
      width: "92px",
      wideOnly: true,
      rank: 1,
      cell: (one) => <Status state={one.status} />,
    },
    {
      name: "end",
      title: i18n.t("Ends"),
      width: "110px",
      wideOnly: true,
      rank: 2,
      cell: (one) => <Ago at={one.end_at} />,
    },
    ...(may
      ? [
          {
            name: "acts",
            title: "",
            width: "150px",
            wideOnly: true,
            rank: null,
            cell: (one: Silence) => <RowActs silence={one} />,
          },
        ]
      : []),
  ];
}

function By({ id }: { id: string }) {
  const name = useNameOf("/api/v1/users");
  return <>{name(id)}</>;
}

export function Matchers({ texts }: { texts: readonly string[] }) {
  return (
    <span className={css.matchers}>
      {texts.map((one) => (
        <code key={one}>{one}</code>
      ))}
    </span>
  );
}

/** End with undo, extend with undo. */
export function useSilenceActs() {
  const touched = ["/api/v1/silences", "/api/v1/alerts"];
  const end = useChange(
    (one: Silence) => remove("/api/v1/silences/{silence_id}", { path: { silence_id: one.id } }),
    ...touched,
  );
  const move = useChange(
    ({ silence, end_at }: { silence: Silence; end_at: string }) =>
      put("/api/v1/silences/{silence_id}", {
        path: { silence_id: silence.id },
        body: {
          matchers: silence.matchers,
          start_at: silence.start_at,
          end_at,
          comment: silence.comment,
          annotations: silence.annotations,
        },
      }),
    ...touched,
  );
  const expire = (one: Silence) =>
    end.mutate(one, {
      onSuccess: () => done(i18n.t("Silence ended"), () => again(one).finally(() => refresh(...touched))),
      onError: refused,
    });
  const extend = (silence: Silence, minutes: number) => {
    const end_at = inMinutes(minutes, Math.max(Date.now(), Date.parse(silence.end_at)));
    move.mutate(
      { silence, end_at },
      {
        onSuccess: () => done(i18n.t("Silence extended"), () => move.mutateAsync({ silence, end_at: silence.end_at })),
        onError: refused,
      },
    );
  };
  return { expire, extend };
}

export function RowActs({ silence }: { silence: Silence }) {
  const { expire, extend } = useSilenceActs();
  if (silence.status === "expired") return null;
  return (
    <span className={css.acts}>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" size="compact-xs">
            {i18n.t("Extend")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {[60, 240, 1440].map((minutes) => (
            <Menu.Item key={minutes} onClick={() => extend(silence, minutes)}>
              {i18n.t("by {hours, plural, one {# hour} other {# hours}}", { hours: minutes / 60 })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" size="compact-xs" onClick={() => expire(silence)}>
        {i18n.t("End now")}
      </Button>
    </span>
  );
}
