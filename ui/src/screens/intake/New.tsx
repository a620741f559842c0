import { Button, Checkbox, NumberInput, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { put, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { refused } from "../../parts/acts";
import { FirstEvent } from "../../parts/FirstEvent";
import { idFor } from "../../parts/ids";
import { Card, Copy, Empty } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { SenderGallery, Snippet } from "../../parts/SenderSnippets";
import { narrowDoor, type Sender } from "../../parts/senders";
import css from "./Intake.module.css";
import { MappingEditor, TryIt } from "./Mapping";
import { doorWord, MAPPING, type Mapping, PLAIN, type Spec } from "./spec";

/** Choose a sender, name it, paste the snippet, see it arrive. */
export function NewSource() {
  const [sender, setSender] = useState<Sender | null>(null);
  const [made, setMade] = useState<Schemas["SourceShown"] | null>(null);
  const may = useMay("configure");
  if (!may)
    return (
      <Page title={i18n.t("Connect a source")} trail={[[i18n.t("Sources"), "/sources"]]}>
        <Empty title={i18n.t("You may not connect sources")}>{i18n.t("It needs the role of an administrator.")}</Empty>
      </Page>
    );
  return (
    <Page title={i18n.t("Connect a source")} trail={[[i18n.t("Sources"), "/sources"]]}>
      <div className={css.form}>
        {made && sender ? (
          <Made made={made} sender={sender} />
        ) : (
          <>
            <Card title={i18n.t("1. What sends the alerts?")}>
              <SenderGallery chosen={sender?.id} choose={setSender} />
            </Card>
            {sender && <Describe key={sender.id} sender={sender} onMade={setMade} />}
          </>
        )}
      </div>
    </Page>
  );
}

function Describe({ sender, onMade }: { sender: Sender; onMade: (made: Schemas["SourceShown"]) => void }) {
  const [name, setName] = useState(sender.name);
  const sources = useGet("/api/v1/sources", { query: { limit: 500 } });
  const taken = sources.data?.items.map((source) => source.id) ?? [];
  const id = idFor(name, taken, "source");
  const [isNarrow, setNarrow] = useState(false);
  const [every, setEvery] = useState(60);
  const [mapping, setMapping] = useState<Mapping>(MAPPING);
  const spec: Spec = {
    ...PLAIN,
    name: name.trim(),
    door: (isNarrow ? narrowDoor(sender) : sender.door) as Spec["door"],
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(sender.door === "heartbeat" ? { every_s: every * 60, grace_s: 60 } : {}),
    ...(sender.door === "generic" ? { mapping } : {}),
  };
  const make = useChange(
    () =>
      put("/api/v1/sources/{source_id}", {
        path: { source_id: id },
        headers: { "if-none-match": "*" },
        body: spec,
      }),
    "/api/v1/sources",
  );
  const here = useRef<HTMLDivElement>(null);
  // On a phone the gallery fills the screen: without this nothing seems to happen when a tile is pressed.
  useEffect(() => {
    const top = here.current?.getBoundingClientRect().top ?? 0;
    if (top > window.innerHeight * 0.7) here.current?.scrollIntoView();
  }, []);
  return (
    <div ref={here} className={css.step}>
      <Card title={i18n.t("2. What do you call it?")}>
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate(undefined, { onSuccess: onMade, onError: refused });
          }}
        >
          <TextInput
            required
            label={i18n.t("Name")}
            description={i18n.t("Its id becomes {id}", { id })}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {narrowDoor(sender) !== sender.door && (
            <Checkbox
              label={i18n.t("Take nothing else: only {form}", { form: doorWord(narrowDoor(sender)) })}
              description={i18n.t("Otherwise its key takes any of the fixed forms, whichever sends.")}
              checked={isNarrow}
              onChange={(event) => setNarrow(event.currentTarget.checked)}
            />
          )}
          {sender.door === "heartbeat" && (
            <NumberInput
              label={i18n.t("It beats every so many minutes")}
              min={1}
              value={every}
              onChange={(value) => setEvery(Number(value) || 1)}
            />
          )}
          {sender.door === "generic" && (
            <>
              <MappingEditor mapping={mapping} set={setMapping} />
              <TryIt spec={spec} />
            </>
          )}
          <Button
            type="submit"
            size="sm"
            style={{ justifySelf: "start" }}
            loading={make.isPending}
            disabled={!name.trim()}
          >
            {i18n.t("Make its key")}
          </Button>
        </form>
      </Card>
    </div>
  );
}

function Made({ made, sender }: { made: Schemas["SourceShown"]; sender: Sender }) {
  return (
    <>
      <Card title={i18n.t("3. Let it send here")}>
        <div className={css.form}>
          <TheKey value={made.key ?? ""} />
          <p className={css.note}>{sender.hint()}</p>
          <Snippet sender={sender} apiKey={made.key} base={baseOf(made)} />
        </div>
      </Card>
      <Card title={i18n.t("4. See it arrive")}>
        <div className={css.form}>
          <FirstEvent source={made.id} />
          <Link to="/sources/$id" params={{ id: made.id }}>
            {i18n.t("Go on to the page of {name}", { name: made.spec.name })}
          </Link>
        </div>
      </Card>
    </>
  );
}

/** This installation's address as senders know it: that of the answer with the key. */
export function baseOf(made: Schemas["SourceShown"] | null): string {
  return made?.url.split("/in/")[0] || location.origin;
}

/** A key, the one time it is known. */
export function TheKey({ value }: { value: string }) {
  if (!value) return null;
  return (
    <div className={css.key}>
      <code>{value}</code>
      <Copy text={value} label={i18n.t("Copy the key")} />
      <p className={css.note}>{i18n.t("It is shown this once: Tocsin keeps only its fingerprint.")}</p>
    </div>
  );
}
