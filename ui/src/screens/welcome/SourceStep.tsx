import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { useState } from "react";
import { put, type Schemas } from "../../api/client";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Copy, Fault } from "../../parts/marks";
import css from "./Welcome.module.css";

type Sender = "prometheus" | "alertmanager" | "grafana" | "curl";
const SOURCE = "first";

/** What to paste into the sender; `url` is the source's own address, key included. */
export function snippet(sender: Sender, url: string): string {
  const host = new URL(url);
  switch (sender) {
    case "prometheus":
      return [
        "# prometheus.yml",
        "alerting:",
        "  alertmanagers:",
        `    - scheme: ${host.protocol.replace(":", "")}`,
        `      path_prefix: ${host.pathname.replace(/\/$/, "")}`,
        `      static_configs: [{targets: ["${host.host}"]}]`,
      ].join("\n");
    case "alertmanager":
      return [
        "# alertmanager.yml",
        "receivers:",
        "  - name: tocsin",
        "    webhook_configs:",
        `      - url: ${url.replace(/\/$/, "")}/alertmanager`,
        "        send_resolved: true",
      ].join("\n");
    case "grafana":
      return `# Grafana: Alerting → Contact points → Webhook\n${url.replace(/\/$/, "")}/grafana`;
    case "curl":
      return [
        `curl -sS ${url.replace(/\/$/, "")}/api/v2/alerts -H 'content-type: application/json' \\`,
        `  -d '[{"labels": {"alertname": "FirstAlert", "severity": "critical"},`,
        `        "annotations": {"summary": "My first alert"}}]'`,
      ].join("\n");
  }
}

export function SourceStep({ next }: { next: () => void }) {
  const [sender, setSender] = useState<Sender>("curl");
  const [made, setMade] = useState<Schemas["SourceShown"] | null>(null);
  const make = useChange(
    () =>
      put("/api/v1/sources/{source_id}", {
        path: { source_id: `${SOURCE}-${Date.now().toString(36)}` },
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
  const { data: health } = useGet("/api/v1/sources/{source_id}/health", { path: { source_id: source.id } });
  const url = source.url || `${location.origin}/in/${source.key}`;
  const heard = Boolean(health?.last_seen_at);
  return (
    <>
      <SegmentedControl
        aria-label={i18n.t("Sender")}
        value={sender}
        onChange={(value) => setSender(value as Sender)}
        data={[
          { value: "curl", label: "curl" },
          { value: "prometheus", label: "Prometheus" },
          { value: "alertmanager", label: "Alertmanager" },
          { value: "grafana", label: "Grafana" },
        ]}
      />
      <pre className={css.snippet} data-testid="snippet" tabIndex={0}>
        {snippet(sender, url)}
      </pre>
      <Group>
        <Copy text={snippet(sender, url)} />
        <Text size="xs" c="dimmed">
          {i18n.t("The key is shown this once. You can make a new one at any time.")}
        </Text>
      </Group>
      <span className={css.light} data-on={heard || undefined} role="status">
        {heard ? i18n.t("The first event is here") : i18n.t("Waiting for the first event…")}
      </span>
      <Group>
        <Button onClick={next} variant={heard ? "filled" : "default"}>
          {heard ? i18n.t("Go on") : i18n.t("Go on without one")}
        </Button>
      </Group>
    </>
  );
}
