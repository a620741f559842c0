import { Loader } from "@mantine/core";
import { IconCircleCheckFilled } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useGet } from "../api/query";
import { i18n } from "../i18n";
import css from "./FirstEvent.module.css";
import { Ago } from "./marks";

/**
 * "Waiting for the first event…": grey until the source says something, then green, at once, by the live feed.
 * `onHeard` is called once when it does. With `since` (an instant) only what comes after it counts.
 */
export function FirstEvent({ source, since, onHeard }: { source: string; since?: string; onHeard?: () => void }) {
  const { data } = useGet("/api/v1/sources/{source_id}/health", { path: { source_id: source } });
  const last = [data?.last_seen_at, data?.beat_at]
    .filter((one): one is string => Boolean(one))
    .sort()
    .at(-1);
  const isHeard = last !== undefined && (!since || Date.parse(last) >= Date.parse(since));
  const told = useRef(false);
  useEffect(() => {
    if (isHeard && !told.current) {
      told.current = true;
      onHeard?.();
    }
  }, [isHeard, onHeard]);
  const letters = data?.dead_letters ?? 0;
  return (
    <div className={css.light} data-heard={isHeard || undefined} role="status">
      {isHeard ? <IconCircleCheckFilled size={18} aria-hidden="true" /> : <Loader size={15} color="gray" />}
      <span className={css.words}>
        {isHeard ? (
          <>
            <strong>{i18n.t("It is connected.")}</strong> {i18n.t("Last event:")} <Ago at={last} />
            {" · "}
            <Link to="/alerts" search={{ source, status: "all" } as never}>
              {i18n.t("See its alerts")}
            </Link>
          </>
        ) : (
          i18n.t("Waiting for the first event…")
        )}
        {letters > 0 && (
          <>
            {" · "}
            <Link to="/dead-letters" search={{ source } as never}>
              {i18n.t("{n, plural, one {# payload was not understood} other {# payloads were not understood}}", {
                n: letters,
              })}
            </Link>
          </>
        )}
        {(data?.refused_keys ?? 0) > 0 && (
          <>
            {" · "}
            {i18n.t("{n, plural, one {# delivery came with an old key} other {# deliveries came with an old key}}", {
              n: data?.refused_keys ?? 0,
            })}
          </>
        )}
      </span>
    </div>
  );
}
