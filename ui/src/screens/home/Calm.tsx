import { Button } from "@mantine/core";
import { IconMoon } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { post } from "../../api/client";
import { useMe } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { Card, lapse, useNow } from "../../parts/marks";
import { channelWord } from "../../words";
import css from "./Home.module.css";

/** More are not counted here. */
const ELSEWHERE_MAX = 100;

/** Nothing is mine: since when, and the way to make sure that a page would arrive. */
export function Calm({ hasOthers }: { hasOthers: boolean }) {
  const me = useMe();
  const now = useNow();
  const id = me.user.id;
  const { data: past } = useGet("/api/v1/incidents", {
    query: { mine: true, status: "resolved", sort: "newest", limit: 50 },
  });
  const { data: open } = useGet("/api/v1/incidents", { query: { status: "open", limit: ELSEWHERE_MAX } });
  const elsewhere = open?.items.length ?? 0;
  const { data: reach } = useGet("/api/v1/users/{user_id}/reachability", { path: { user_id: id } });
  const last = (past?.items ?? [])
    .map((row) => row.resolved_at ?? "")
    .sort()
    .at(-1);
  const test = useChange(
    () => post("/api/v1/users/{user_id}/test", { path: { user_id: id } } as never),
    "/api/v1/me",
    "/api/v1/messages",
    "/api/v1/users",
  );
  const send = () =>
    test.mutate(undefined, {
      onSuccess: (sent) => {
        const ways = ((sent as { pages?: { channel: string }[] } | undefined)?.pages ?? []).map((one) =>
          channelWord(one.channel),
        );
        done(i18n.t("A test page is on its way: {ways}.", { ways: [...new Set(ways)].join(", ") }));
      },
      onError: refused,
    });
  return (
    <Card>
      <div className={css.calm}>
        <IconMoon size={30} stroke={1.4} aria-hidden="true" />
        <h2>
          {elsewhere > 0
            ? i18n.t("Nothing is yours")
            : last
              ? i18n.t("All quiet for {span}", { span: lapse(last, now) })
              : i18n.t("All quiet")}
        </h2>
        <p>
          {hasOthers
            ? i18n.t("Nothing waits for you. What your teams have is below.")
            : i18n.t("Nothing waits for you. When something does, you are called by your rules.")}
        </p>
        {elsewhere > 0 && (
          <Link to="/incidents">
            {elsewhere < ELSEWHERE_MAX
              ? i18n.t("{n, plural, one {# incident is open} other {# incidents are open}} here", { n: elsewhere })
              : i18n.t("{n} incidents and more are open here", { n: ELSEWHERE_MAX })}
          </Link>
        )}
        <div className={css.buttons}>
          <Button variant="default" size="sm" loading={test.isPending} onClick={send}>
            {i18n.t("Send me a test page")}
          </Button>
          {reach && !reach.is_reachable && (
            <Link to={`/people/${id}` as never}>{i18n.t("No way to you is verified yet: add a contact")}</Link>
          )}
        </div>
      </div>
    </Card>
  );
}
