/** "Send me a test page", by the person's own rules at this hour, with every receipt as it comes. */
import { Button, Group, SegmentedControl } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useState } from "react";
import { post, type Schemas } from "../../api/client";
import { useChange } from "../../api/query";
import { i18n } from "../../i18n";
import { refused } from "../../parts/acts";
import { Receipt } from "../../parts/MessageState";
import { Card } from "../../parts/marks";
import css from "./people.module.css";
import { urgencyWord } from "./words";

export function TestPage({ user, isSelf }: { user: string; isSelf: boolean }) {
  const [urgency, setUrgency] = useState("high");
  const [pages, setPages] = useState<Schemas["SentTest"][]>([]);
  const test = useChange(
    () =>
      post("/api/v1/users/{user_id}/test", { path: { user_id: user }, query: { urgency } } as never) as Promise<
        Schemas["SentTests"]
      >,
    "/api/v1/users/{user_id}/mailbox",
    "/api/v1/users/{user_id}/reachability",
  );
  const run = () => {
    setPages([]);
    test.mutate(undefined, { onSuccess: (sent) => setPages(sent.pages), onError: refused });
  };
  return (
    <Card title={i18n.t("Test page")}>
      <p className={css.hint}>
        {isSelf
          ? i18n.t("Goes out at once by every way your rules name at this hour. It says that it is a test.")
          : i18n.t("Goes out at once by every way their rules name at this hour. It says that it is a test.")}
      </p>
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={i18n.t("Urgency")}
          value={urgency}
          onChange={setUrgency}
          data={["high", "low"].map((value) => ({ value, label: urgencyWord(value) }))}
        />
        <Button leftSection={<IconSend size={14} />} loading={test.isPending} onClick={run}>
          {isSelf ? i18n.t("Send me a test page") : i18n.t("Send a test page")}
        </Button>
      </Group>
      <div className={css.receipts}>
        {pages.map((one) => (
          <Receipt key={one.id} message={one.id} />
        ))}
      </div>
    </Card>
  );
}
