import { Button, Checkbox } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { post, remove, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { FirstEvent } from "../../parts/FirstEvent";
import { Card, Copy, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { SenderSnippets } from "../../parts/SenderSnippets";
import { HealthCard } from "./Health";
import css from "./Intake.module.css";
import { baseOf, TheKey } from "./New";
import { Settings } from "./Settings";

type Shown = Schemas["SourceShown"];
const DAY_S = 86_400;

export function Source() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data, error, refetch } = useGet("/api/v1/sources/{source_id}", { path: { source_id: id } });
  if (!data)
    return (
      <Page title={id} trail={[[i18n.t("Sources"), "/sources"]]}>
        {error ? <Fault problem={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  return <Seen key={data.id} source={data} />;
}

function Seen({ source }: { source: Shown }) {
  const [made, setMade] = useState<Shown | null>(null);
  const may = useMay("configure");
  const administers = useMay("administer");
  return (
    <Page
      title={source.spec.name}
      trail={[[i18n.t("Sources"), "/sources"]]}
      acts={
        <>
          <Copy text={location.href} label={i18n.t("Copy link")} />
          {may && <Remove source={source} />}
        </>
      }
      aside={<HealthCard id={source.id} />}
      last={
        <div className={css.rest}>
          {may && <Settings key={source.revision} source={source} />}
          <p className={css.links}>
            <Link to="/ledger" search={{ source: source.id } as never}>
              {i18n.t("What became of its signals")}
            </Link>
            {administers && (
              <Link to="/audit" search={{ subject: source.id } as never}>
                {i18n.t("Who changed it")}
              </Link>
            )}
          </p>
        </div>
      }
    >
      <FirstEvent source={source.id} />
      <Card
        title={i18n.t("How to send to it")}
        action={may && !made && <Rotate id={source.id} overlap={DAY_S} onKey={setMade} />}
      >
        <div className={css.form}>
          {made && <TheKey value={made.key} />}
          <SenderSnippets door={source.spec.door} apiKey={made?.key} base={baseOf(made)} />
        </div>
      </Card>
    </Page>
  );
}

/** A new key. A key somebody else has seen should not stay good: then without the day of both. */
function Rotate({ id, overlap, onKey }: { id: string; overlap: number; onKey: (made: Shown) => void }) {
  const [atOnce, setAtOnce] = useState(false);
  const [asking, setAsking] = useState(false);
  const rotate = useChange(
    () =>
      post("/api/v1/sources/{source_id}/rotate", {
        path: { source_id: id },
        body: { overlap_s: atOnce ? 0 : overlap, key_hash: "" },
      }),
    "/api/v1/sources",
  );
  return (
    <>
      <Button variant="default" size="compact-sm" leftSection={<IconKey size={14} />} onClick={() => setAsking(true)}>
        {i18n.t("New key…")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Make a new key?")}
        verb={i18n.t("Make a new key")}
        isHarmless={!atOnce}
        onNo={() => setAsking(false)}
        onYes={() => {
          setAsking(false);
          rotate.mutate(undefined, {
            onSuccess: (answer) => {
              onKey(answer);
              done(
                atOnce
                  ? i18n.t("The new key is shown. The old one is void.")
                  : i18n.t("The new key is shown. The old one stays good for a day."),
              );
            },
            onError: refused,
          });
        }}
      >
        <p className={css.note}>
          {atOnce
            ? i18n.t("Whoever still sends with the old key is refused from now on.")
            : i18n.t("Senders with the old key have a day to change; until then both are good.")}
        </p>
        <Checkbox
          mt="sm"
          label={i18n.t("The old key has leaked: make it void at once")}
          checked={atOnce}
          onChange={(event) => setAtOnce(event.currentTarget.checked)}
        />
      </Sure>
    </>
  );
}

function Remove({ source }: { source: Shown }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const drop = useChange(
    () => remove("/api/v1/sources/{source_id}", { path: { source_id: source.id } }),
    "/api/v1/sources",
  );
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {i18n.t("Remove…")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Remove {name}?", { name: source.spec.name })}
        typed={source.id}
        verb={i18n.t("Remove")}
        onNo={() => setAsking(false)}
        onYes={() =>
          void drop.mutateAsync(undefined).then(() => {
            done(i18n.t("{name} removed", { name: source.spec.name }));
            void navigate({ to: "/sources" });
          }, refused)
        }
      >
        {i18n.t("Its keys are void at once, whoever still sends is refused, and its open alerts are resolved.")}
      </Sure>
    </>
  );
}
