import { useParams } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { useKeys } from "../../frame/keys";
import { i18n } from "../../i18n";
import { Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { ActsBar, hasActs } from "./ActsBar";
import { Aside } from "./Aside";
import type { ComposerHandle } from "./Composer";
import css from "./Detail.module.css";
import { type Asking, Dialogs } from "./Dialogs";
import { useAct } from "./deeds";
import { Head } from "./Head";
import type { Shown, Verb } from "./model";
import { Room } from "./Room";

const TRAIL = (): [string, string][] => [[i18n.t("Incidents"), "/incidents"]];

/** The incident: what burns, who has it, the button that answers, and the room where it is mended. */
export function Incident() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data, error, refetch } = useGet("/api/v1/incidents/{incident_id}", { path: { incident_id: id } });
  if (error && !data)
    return (
      <Page title={id} trail={TRAIL()}>
        <Fault problem={error} retry={() => void refetch()} />
      </Page>
    );
  if (!data)
    return (
      <Page title={id} trail={TRAIL()}>
        <Waiting rows={10} />
      </Page>
    );
  return <Inside key={data.id} row={data} />;
}

function Inside({ row }: { row: Shown }) {
  const act = useAct();
  const may = useMay("respond");
  const [asking, setAsking] = useState<Asking>(null);
  const composer = useRef<ComposerHandle>(null);
  const run = (verb: Verb) => void act([row], { verb });
  const ask = (what: NonNullable<Asking>["what"]) => setAsking({ what, rows: [row] });
  useKeys(
    may
      ? {
          a: [i18n.t("Acknowledge"), () => run("acknowledge")],
          r: [i18n.t("Resolve"), () => run("resolve")],
          z: [i18n.t("Snooze"), () => ask("snooze")],
          m: [i18n.t("Merge"), () => ask("merge")],
          e: [i18n.t("Reassign"), () => ask("reassign")],
          "shift+e": [i18n.t("Escalate"), () => run("escalate")],
          p: [i18n.t("Page helper"), () => ask("page")],
          c: [i18n.t("Write to the room"), () => composer.current?.focus()],
          "shift+n": [i18n.t("Write a note"), () => composer.current?.focus("/note ")],
        }
      : {},
  );
  return (
    <Page
      wide
      title={row.title}
      trail={[...TRAIL(), [row.id, `/incidents/${row.id}`]]}
      acts={<ActsBar row={row} run={run} ask={ask} />}
    >
      <Head row={row} setPriority={(priority) => void act([row], { verb: "priority", with: { priority } })} />
      <div className={css.columns} data-acts={(may && hasActs(row)) || undefined}>
        <Room incident={row.id} composer={composer} />
        <div className={css.aside}>
          <Aside row={row} page={() => ask("page")} />
        </div>
      </div>
      <Dialogs asking={asking} close={() => setAsking(null)} act={act} />
    </Page>
  );
}
