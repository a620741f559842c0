/** Whether a person can be reached: an icon and a word. */
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconCircleX, IconClock } from "@tabler/icons-react";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import css from "./people.module.css";
import { reachWord } from "./words";

const ICONS: Record<string, typeof IconCheck> = {
  ok: IconCheck,
  never: IconCircleDashed,
  stale: IconClock,
  failing: IconAlertTriangle,
  unverified: IconCircleDashed,
};

export function ReachState({ state }: { state: string }) {
  const Icon = ICONS[state] ?? IconCircleDashed;
  return (
    <span className={css.reach} data-state={state}>
      <Icon size={15} stroke={1.8} aria-hidden="true" />
      {reachWord(state)}
    </span>
  );
}

/** `Reachable`, or `By mailbox only`: nobody would be woken. */
export function Reach({ user }: { user: string }) {
  const { data } = useGet("/api/v1/users/{user_id}/reachability", { path: { user_id: user } });
  if (!data) return <span className={css.dim}>…</span>;
  return data.is_reachable ? (
    <span className={css.reach} data-state="ok">
      <IconCheck size={15} aria-hidden="true" />
      {i18n.t("Reachable")}
    </span>
  ) : (
    <span
      className={css.reach}
      data-state="failing"
      title={i18n.t("Pages go to the mailbox only; nothing wakes them.")}
    >
      <IconCircleX size={15} aria-hidden="true" />
      {i18n.t("Mailbox only")}
    </span>
  );
}
