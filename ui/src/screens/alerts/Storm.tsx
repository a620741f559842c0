import { Button, Tooltip } from "@mantine/core";
import { IconBolt } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { matcherText } from "./query/text";
import { Bars } from "./Spark";
import css from "./Storm.module.css";

/** New alerts of the last hour, minute by minute. */
export function Rate() {
  const { data } = useGet("/api/v1/alerts/rate", { query: { minutes: 60 }, every: 30_000 });
  if (!data) return null;
  const words = i18n.t("{n} new alerts in the last minute", { n: data.per_minute });
  return (
    <Tooltip label={i18n.t("New alerts by the minute, the last hour")}>
      <span className={css.rate}>
        <Bars counts={data.buckets.map((one) => one.count)} width={120} height={22} label={words} />
        <span className={css.number}>{i18n.t("{n}/min", { n: data.per_minute })}</span>
      </span>
    </Tooltip>
  );
}

/** The banner of a storm: how hard it blows, what its alerts have in common, and the two things one may want to do. */
export function Storm({ narrow }: { narrow: (label: string, value: string) => void }) {
  const { data } = useGet("/api/v1/alerts/rate", { query: { minutes: 60 }, every: 30_000 });
  if (!data?.is_storm) return null;
  const most = data.top[0];
  return (
    <div className={css.storm} role="status">
      <IconBolt size={18} aria-hidden="true" />
      <div className={css.words}>
        <strong>
          {i18n.t("A storm: {now} new alerts in a minute, usually {usual}.", {
            now: data.per_minute,
            usual: data.usual,
          })}
        </strong>{" "}
        {most && (
          <span>
            {i18n.t("{n} of the newest have {matcher}.", {
              n: most.count,
              matcher: `${most.label}="${most.value}"`,
            })}
          </span>
        )}
      </div>
      {most && (
        <span className={css.acts}>
          <Button variant="default" size="compact-sm" onClick={() => narrow(most.label, most.value)}>
            {i18n.t("Show only these")}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            renderRoot={(props) => (
              <Link
                to="/silences/new"
                search={{ matchers: matcherText({ field: most.label, op: "=", value: most.value }) } as never}
                {...props}
              />
            )}
          >
            {i18n.t("Silence these")}
          </Button>
        </span>
      )}
    </div>
  );
}
