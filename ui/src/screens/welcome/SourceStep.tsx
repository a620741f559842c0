import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { useState } from "react";
import { put, type Schemas } from "../../api/client";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { FirstEvent } from "../../parts/FirstEvent";
import { idFor } from "../../parts/ids";
import { Copy, Fault } from "../../parts/marks";
import { SENDERS, type Sender } from "../../parts/senders";
import css from "./Welcome.module.css";

/** The ones a beginner most likely has; the page of the source knows the others. */
const FIRST = SENDERS.slice(0, 4);

export function SourceStep({ next }: { next: () => void }) {
  const [sender, setSender] = useState<Sender>(FIRST[0] as Sender);
  const [made, setMade] = useState<Schemas["SourceShown"] | null>(null);
  const sources = useGet("/api/v1/sources");
  const taken = sources.data?.items.map((source) => source.id) ?? [];
  const make = useChange(
    () =>
      put("/api/v1/sources/{source_id}", {
        path: { source_id: idFor("first", taken, "source") },
        body: { name: i18n.t("My first source"), door: "any" } as Schemas["SourceSpec"],
      }),
    "/api/v1/sources",
  );
  return (
    <>
      <p>{i18n.t("A source is an address with a key of its own. Your monitor sends there; nothing else changes.")}</p>
      <Fault problem={make.error} />
      {made ? (
        <Waiting source={made} sender={sender} setSender={setSender} next={next} />
      ) : (
        <Group>
          <Button
            loading={make.isPending}
            onClick={() => make.mutate(undefined, { onSuccess: (data) => setMade(data ?? null) })}
          >
            {i18n.t("Make a source")}
          </Button>
          <Button variant="subtle" onClick={next}>
            {i18n.t("Skip")}
          </Button>
        </Group>
      )}
    </>
  );
}

function Waiting({
  source,
  sender,
  setSender,
  next,
}: {
  source: Schemas["SourceShown"];
  sender: Sender;
  setSender: (sender: Sender) => void;
  next: () => void;
}) {
  const [heard, setHeard] = useState(false);
  const text = sender.text(source.url.split("/in/")[0] || location.origin, source.key);
  return (
    <>
      <SegmentedControl
        className={css.senders}
        aria-label={i18n.t("Sender")}
        value={sender.id}
        onChange={(value) => setSender(FIRST.find((one) => one.id === value) ?? sender)}
        data={FIRST.map((one) => ({ value: one.id, label: one.name }))}
      />
      <Text size="xs" c="dimmed">
        {sender.hint()} ({sender.place()})
      </Text>
      <pre className={css.snippet} data-testid="snippet" tabIndex={0}>
        {text}
      </pre>
      <Group>
        <Copy text={text} />
        <Text size="xs" c="dimmed">
          {i18n.t("The key is shown this once. You can make a new one at any time.")}
        </Text>
      </Group>
      <FirstEvent source={source.id} onHeard={() => setHeard(true)} />
      <Group>
        <Button onClick={next} variant={heard ? "filled" : "default"}>
          {heard ? i18n.t("Go on") : i18n.t("Go on without one")}
        </Button>
      </Group>
    </>
  );
}
