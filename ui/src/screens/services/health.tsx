/** Health of services: their open incidents. */
import { IconCircleCheck } from "@tabler/icons-react";
import type { Schemas } from "../../api/client";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Severity } from "../../parts/Severity";
import { SEVERITIES } from "../../words";
import css from "./Services.module.css";

type Incident = Schemas["IncidentRow"];

export function useOpen() {
  const { data } = useGet("/api/v1/incidents", { query: { status: "open", limit: 500 } });
  const of = new Map<string, Incident[]>();
  for (const one of data?.items ?? []) of.set(one.service, [...(of.get(one.service) ?? []), one]);
  return { isKnown: data !== undefined, of: (service: string) => of.get(service) ?? [] };
}

/** Open incidents, or none; nothing is called healthy before that is known. */
export function Health({ incidents, isKnown }: { incidents: Incident[]; isKnown: boolean }) {
  if (!isKnown) return <span className={css.health}>…</span>;
  if (!incidents.length)
    return (
      <span className={css.health} data-ok>
        <IconCircleCheck size={15} aria-hidden="true" /> {i18n.t("Healthy")}
      </span>
    );
  const worst = SEVERITIES.find((level) => incidents.some((one) => one.severity === level)) ?? "info";
  return (
    <span className={css.health}>
      <Severity level={worst} bare />
      {i18n.t("{n, plural, one {# open incident} other {# open incidents}}", { n: incidents.length })}
    </span>
  );
}

export function impactWord(impact: string): string {
  if (impact === "high") return i18n.t("high impact");
  if (impact === "low") return i18n.t("low impact");
  return i18n.t("medium impact");
}
