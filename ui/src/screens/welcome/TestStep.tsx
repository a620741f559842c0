import { Button, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { post } from "../../api/client";
import { useMe } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Ago, Fault } from "../../parts/marks";
import { channelWord } from "../../words";
import css from "./Welcome.module.css";

export function TestStep({ next }: { next: () => void }) {
  const { user } = useMe();
  const [sent, setSent] = useState<string[]>([]);
  const { data } = useGet("/api/v1/messages", { query: { user: user.id, limit: 20 } });
  const test = useChange(
    () => post("/api/v1/users/{user_id}/test", { path: { user_id: user.id }, query: { urgency: "high" } }),
    "/api/v1/messages",
  );
  const messages = (data?.items ?? []).filter((message) => sent.includes(message.id) || message.incident);
  const delivered = messages.some((message) => message.state === "delivered");
  return (
    <>
      <p>{i18n.t("Send yourself a page by your own rules, as an incident at night would.")}</p>
      <Group>
        <Button
          variant={delivered ? "default" : "filled"}
          loading={test.isPending}
          onClick={() =>
            test.mutate(undefined, { onSuccess: (answer) => setSent(answer?.pages.map((page) => page.id) ?? []) })
          }
        >
          {i18n.t("Send me a test page")}
        </Button>
      </Group>
      <Fault problem={test.error} />
      {messages.slice(0, 6).map((message) => (
        <span key={message.id} className={css.light} data-on={message.state === "delivered" || undefined} role="status">
          <span>
            {channelWord(message.channel)} · {message.title}{" "}
            {message.incident && (
              <Link to="/incidents/$id" params={{ id: message.incident }}>
                {message.incident}
              </Link>
            )}{" "}
            {message.state === "delivered"
              ? i18n.t("delivered")
              : message.state === "failed" || message.state === "given_up"
                ? message.words || i18n.t("did not arrive")
                : i18n.t("on its way")}{" "}
            <Ago at={message.at} />
          </span>
        </span>
      ))}
      <Group>
        <Button onClick={next} variant={delivered ? "filled" : "subtle"}>
          {delivered ? i18n.t("Done") : i18n.t("Skip")}
        </Button>
      </Group>
    </>
  );
}
