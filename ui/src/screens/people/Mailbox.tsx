/** What lies in a person's mailbox, newest first. */

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Ago, Card, Fault, Waiting } from "../../parts/marks";
import css from "./people.module.css";

function kindWord(kind: string): string {
  switch (kind) {
    case "test":
      return i18n.t("Test");
    case "digest":
      return i18n.t("Digest");
    case "notice":
      return i18n.t("For administrators");
    case "help":
      return i18n.t("Call for help");
    case "page":
      return i18n.t("Page");
    default:
      return kind;
  }
}

function endWord(state: string): string {
  switch (state) {
    case "open":
      return i18n.t("waits for an answer");
    case "acknowledged":
      return i18n.t("acknowledged");
    case "resolved":
      return i18n.t("resolved");
    case "exhausted":
      return i18n.t("nobody answered");
    case "snoozed":
      return i18n.t("snoozed");
    case "merged":
      return i18n.t("merged");
    case "reassigned":
      return i18n.t("reassigned");
    case "muted":
      return i18n.t("muted");
    case "restarted":
      return i18n.t("begun anew");
    default:
      return state;
  }
}

export function Mailbox({ user }: { user: string }) {
  const [all, setAll] = useState(false);
  const { data, error, refetch } = useGet("/api/v1/users/{user_id}/mailbox", {
    path: { user_id: user },
    query: { limit: 100 },
  });
  const letters = data?.items ?? [];
  return (
    <Card title={i18n.t("Mailbox")}>
      <Fault problem={error} retry={() => void refetch()} />
      {!data && !error && <Waiting rows={3} />}
      {data && letters.length === 0 && <p className={css.hint}>{i18n.t("Empty. Every page leaves a copy here.")}</p>}
      <ul className={css.letters}>
        {letters.slice(0, all ? 100 : 8).map((one) => (
          <li key={one.page} data-open={one.state === "open" || undefined}>
            <span className={css.letter}>
              <Link to={(one.incident ? `/incidents/${one.incident}` : `/messages/${one.page}`) as never}>
                {one.title || kindWord(one.kind)}
              </Link>
              <small>
                {[one.incident, one.kind === "page" || !one.title ? "" : kindWord(one.kind), endWord(one.state)]
                  .filter(Boolean)
                  .join(" · ")}
              </small>
            </span>
            <Ago at={one.at} />
          </li>
        ))}
      </ul>
      {letters.length > 8 && !all && (
        <Button variant="subtle" onClick={() => setAll(true)}>
          {i18n.t("Show all {n}", { n: letters.length })}
        </Button>
      )}
    </Card>
  );
}
