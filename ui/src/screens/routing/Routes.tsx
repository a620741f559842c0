/** The routing tree, edited node by node, and the simulator beside it, which can try the draft before it is saved. */
import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Problem, put, type Schemas, send } from "../../api/client";
import { useMay } from "../../api/me";
import { queries } from "../../api/query";
import { i18n } from "../../i18n";
import { done } from "../../parts/acts";
import { Card, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { freshRoute, nodeAt, type Route, shifted, withNode } from "./ladder";
import { NodeForm } from "./NodeForm";
import css from "./Routing.module.css";
import { Simulator } from "./Simulator";
import { Tree } from "./Tree";

type Shown = { data: Schemas["RoutesShown"]; etag: string };
const KEY = ["/api/v1/routes", "editor"];

export function Routes() {
  const { data, error, refetch } = useQuery<Shown, Problem>({
    queryKey: KEY,
    queryFn: () => send("GET", "/api/v1/routes"),
    staleTime: 60_000,
  });
  if (!data)
    return (
      <Page title={i18n.t("Routes")}>
        {error ? <Fault problem={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  return <Editor key={data.data.revision} before={data.data.root} etag={data.etag} />;
}

function Editor({ before, etag }: { before: Route; etag: string }) {
  const [params, set] = useParamsOfUrl();
  const [root, setRoot] = useState(before);
  const [way, setWay] = useState<number[]>([]);
  const [hit, setHit] = useState<string[]>([]);
  const [fault, setFault] = useState<Problem | null>(null);
  const may = useMay("configure");
  const tab = params.tab === "simulator" || params.alert ? "simulator" : "tree";
  const hasChanged = JSON.stringify(root) !== JSON.stringify(before);
  const node = nodeAt(root, way) ?? root;
  const again = () => queries.invalidateQueries({ queryKey: ["/api/v1/routes"] });
  const save = async () => {
    try {
      await put("/api/v1/routes", { body: root, headers: etag ? { "if-match": etag } : {} });
      done(i18n.t("The routes are saved"), async () => {
        await put("/api/v1/routes", { body: before });
        await again();
      });
      setFault(null);
      await again();
    } catch (refusal) {
      setFault(refusal as Problem);
    }
  };
  const acts = may && hasChanged && (
    <>
      <Button variant="default" onClick={() => setRoot(before)}>
        {i18n.t("Discard")}
      </Button>
      <Button onClick={() => void save()}>{i18n.t("Save")}</Button>
    </>
  );
  return (
    <Page title={i18n.t("Routes")} wide acts={acts}>
      <SegmentedControl
        aria-label={i18n.t("View")}
        size="xs"
        mb="md"
        value={tab}
        onChange={(value) => set({ tab: value === "tree" ? "" : value, alert: "" })}
        data={[
          { value: "tree", label: i18n.t("Tree") },
          { value: "simulator", label: i18n.t("Simulator: who would be told?") },
        ]}
      />
      <Fault problem={fault} />
      <div className={css.two}>
        {tab === "tree" ? (
          <>
            <Card title={i18n.t("The first match that goes deepest decides")}>
              <Tree root={root} way={way} hit={hit} onPick={setWay} />
            </Card>
            <Card title={node.name}>
              <NodeForm
                key={way.join()}
                node={node}
                isRoot={way.length === 0}
                may={may}
                onChange={(next) => setRoot(withNode(root, way, next))}
                onAdd={() => {
                  const child = freshRoute(i18n.t("new route {n}", { n: node.routes.length + 1 }));
                  setRoot(withNode(root, way, { ...node, routes: [...node.routes, child] }));
                  setWay([...way, node.routes.length]);
                }}
                onRemove={() => {
                  setRoot(withNode(root, way, null));
                  setWay(way.slice(0, -1));
                }}
                onShift={(by) => {
                  const next = shifted(root, way, by);
                  if (next === root) return;
                  setRoot(next);
                  setWay([...way.slice(0, -1), (way.at(-1) ?? 0) + by]);
                }}
              />
            </Card>
          </>
        ) : (
          <Simulator draft={hasChanged ? root : undefined} onHit={setHit} />
        )}
      </div>
    </Page>
  );
}
