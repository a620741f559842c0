import dayjs from "dayjs";
import { useLive } from "../api/live";
import { i18n } from "../i18n";
import css from "./Frame.module.css";

/** Live, reconnecting, or stale since hh:mm. */
export function LiveDot() {
  const { phase, since } = useLive();
  const words = {
    connecting: i18n.t("Connecting"),
    live: i18n.t("Live"),
    reconnecting: i18n.t("Reconnecting"),
    stale: i18n.t("Stale since {at}", { at: dayjs(since).format("HH:mm") }),
  }[phase];
  return (
    <span className={css.live} data-phase={phase} role="status" title={words}>
      <i className={css.dot} aria-hidden="true" />
      <span>{words}</span>
    </span>
  );
}

/** The banner over everything while what is shown is not fresh. */
export function LiveBanner() {
  const { phase, since } = useLive();
  if (phase !== "stale") return null;
  return (
    <div className={css.banner} role="alert">
      {i18n.t("Live data stopped at {at}. What you see may be old; trying again…", {
        at: dayjs(since).format("HH:mm:ss"),
      })}
    </div>
  );
}
