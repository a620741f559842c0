import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMay } from "../../api/me";
import { i18n } from "../../i18n";
import { Card, lapse, Status, useNow } from "../../parts/marks";
import { People } from "../../parts/Person";
import { Severity } from "../../parts/Severity";
import { number } from "../../words";
import type { Act } from "../incidents/deeds";
import type { Row, Verb } from "../incidents/model";
import { verbWord } from "../incidents/words";
import css from "./Home.module.css";

const SHOWN = 8;

/** Incidents, the most urgent first, each with the button that answers. */
export function Burning({
  title,
  rows,
  act,
  open,
  all,
  urgent = false,
}: {
  title: string;
  rows: Row[];
  act: Act;
  open: (row: Row) => void;
  /** The filter under which the list shows them all. */
  all: Record<string, string>;
  urgent?: boolean;
}) {
  return (
    <Card
      title={
        <span data-urgent={urgent || undefined} className={css.title}>
          {title}
        </span>
      }
      action={
        <Link to="/incidents" search={all as never} className={css.small}>
          {rows.length > SHOWN ? i18n.t("All {n}", { n: rows.length }) : i18n.t("As a list")}
        </Link>
      }
    >
      {rows.slice(0, SHOWN).map((row, index) => (
        <One key={row.id} row={row} act={act} open={open} isFirst={urgent && index === 0} />
      ))}
    </Card>
  );
}

function One({ row, act, open, isFirst }: { row: Row; act: Act; open: (row: Row) => void; isFirst: boolean }) {
  const now = useNow();
  const may = useMay("respond");
  const verb: Verb = row.status === "triggered" ? "acknowledge" : "resolve";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: the title inside is the link
    <div
      className={css.incident}
      data-edge={row.state === "triggered" ? row.severity : undefined}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("a,button")) open(row);
      }}
    >
      <div className={css.what}>
        <Link to="/incidents/$id" params={{ id: row.id }}>
          {row.title}
        </Link>
        <div className={css.facts}>
          <Severity level={row.severity} />
          <Status state={row.state} />
          <span>
            {row.id} · {row.priority}
          </span>
          {row.service_name && <span>{row.service_name}</span>}
          <span>{lapse(row.opened_at, now)}</span>
          {row.alert_count > 1 && <span>{i18n.t("{n} alerts", { n: number(row.alert_count) })}</span>}
          <People people={row.assignees} />
        </div>
      </div>
      {may && (
        <Button size="sm" variant={isFirst ? "filled" : "default"} onClick={() => void act([row], { verb })}>
          {verbWord(verb)}
        </Button>
      )}
    </div>
  );
}
