import { Button, Drawer, Menu } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { Schemas } from "../../api/client";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { useNameOf } from "../../parts/names";
import { Severity } from "../../parts/Severity";
import type { Params } from "../../parts/url";
import { statusWord } from "../../words";
import css from "./Facets.module.css";
import { listed, queryOf, toggled } from "./model";
import { narrowed, toRows, toText } from "./query/text";

type Facet = Schemas["Facet"];
type Set = (patch: Partial<Params>) => void;

export function labelsOf(params: Params): string[] {
  return listed(params.labels ?? "alertname");
}

/** How many alerts there are by field and label; a click narrows the feed. Counts leave out the facet's own choice. */
export function Facets({ params, set }: { params: Params; set: Set }) {
  const labels = labelsOf(params);
  const { data } = useGet("/api/v1/alerts/facets", { query: { ...queryOf(params), labels: labels.join(",") } });
  const { data: known } = useGet("/api/v1/alerts/labels", { staleTime: 60_000 });
  const more = (known?.labels ?? []).filter((one) => !labels.includes(one.name));
  return (
    <div className={css.facets}>
      {data?.facets
        .filter((one) => one.name !== "suppressed" || one.values.length > 1 || params.suppressed)
        .map((facet) => (
          <Group key={facet.kind + facet.name} facet={facet} params={params} set={set} />
        ))}
      {more.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="subtle" color="gray" size="compact-xs" leftSection={<IconPlus size={13} />}>
              {i18n.t("Count by another label")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={320} className={css.menu}>
            {more.map((one) => (
              <Menu.Item key={one.name} onClick={() => set({ labels: [...labels, one.name].join(",") })}>
                {one.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}

function titleOf({ kind, name }: Facet): string {
  if (kind === "label") return name;
  switch (name) {
    case "severity":
      return i18n.t("Severity");
    case "status":
      return i18n.t("Status");
    case "source":
      return i18n.t("Source");
    case "service":
      return i18n.t("Service");
    default:
      return i18n.t("Held back");
  }
}

function Group({ facet, params, set }: { facet: Facet; params: Params; set: Set }) {
  const isLabel = facet.kind === "label";
  const rows = toRows(params.q ?? "");
  const chosen = isLabel
    ? (rows ?? []).filter((row) => row.field === facet.name && row.op === "=").map((row) => row.value)
    : facet.name === "status" && !params.status
      ? ["firing"]
      : params.status === "all" && facet.name === "status"
        ? ["firing", "resolved"]
        : listed(params[facet.name]);
  const pick = (value: string) => {
    if (isLabel) {
      const row = { field: facet.name, op: "=" as const, value };
      const rest = rows?.filter((one) => !(one.field === facet.name && one.op === "="));
      set({
        q:
          chosen.includes(value) && rest ? toText(rest) : rest ? toText([...rest, row]) : narrowed(params.q ?? "", row),
      });
    } else if (facet.name === "status") set({ status: toggled(chosen.join(","), value) || "all" });
    else if (facet.name === "suppressed") set({ suppressed: params.suppressed === value ? "" : value });
    else set({ [facet.name]: toggled(params[facet.name], value) });
  };
  if (facet.values.length === 0 && !isLabel) return null;
  const top = Math.max(1, ...facet.values.map((one) => one.count));
  const titleId = `facet-${facet.kind}-${facet.name}`;
  return (
    <section className={css.group} aria-labelledby={titleId}>
      <h2 id={titleId}>
        {titleOf(facet)}
        {isLabel && (
          <button
            type="button"
            className={css.drop}
            aria-label={i18n.t("Do not count by {name}", { name: facet.name })}
            onClick={() =>
              set({
                labels:
                  labelsOf(params)
                    .filter((one) => one !== facet.name)
                    .join(",") || ",",
              })
            }
          >
            <IconX size={12} aria-hidden="true" />
          </button>
        )}
      </h2>
      {facet.values.map(({ value, count }) => (
        <button
          key={value}
          type="button"
          className={css.value}
          aria-pressed={chosen.includes(value)}
          disabled={value === "" && !isLabel}
          onClick={() => pick(value)}
        >
          <i className={css.share} style={{ width: `${(count / top) * 100}%` }} aria-hidden="true" />
          <span className={css.name}>
            <Word facet={facet} value={value} />
          </span>
          <span className={css.count}>{count.toLocaleString(i18n.locale)}</span>
        </button>
      ))}
      {facet.more > 0 && <p className={css.more}>{i18n.t("and {n} more values", { n: facet.more })}</p>}
    </section>
  );
}

function Word({ facet, value }: { facet: Facet; value: string }) {
  const service = useNameOf("/api/v1/services");
  const source = useNameOf("/api/v1/sources");
  if (facet.name === "source" && facet.kind !== "label" && value) return <span title={value}>{source(value)}</span>;
  if (facet.name === "service" && facet.kind !== "label" && value) return <span title={value}>{service(value)}</span>;
  if (facet.name === "severity" && facet.kind !== "label") return <Severity level={value} />;
  if (facet.name === "status" && facet.kind !== "label") return <>{statusWord(value)}</>;
  if (facet.name === "suppressed") return <>{value === "true" ? i18n.t("Yes") : i18n.t("No")}</>;
  return <>{value || i18n.t("(none)")}</>;
}

/** The same on a phone, in a drawer. */
export function FacetDrawer({
  opened,
  close,
  params,
  set,
}: {
  opened: boolean;
  close: () => void;
  params: Params;
  set: Set;
}) {
  return (
    <Drawer
      opened={opened}
      onClose={close}
      title={i18n.t("Narrow")}
      size="88%"
      closeButtonProps={{ "aria-label": i18n.t("Close") }}
    >
      {opened && <Facets params={params} set={set} />}
      <Button fullWidth mt="md" size="md" onClick={close}>
        {i18n.t("Show the alerts")}
      </Button>
    </Drawer>
  );
}
