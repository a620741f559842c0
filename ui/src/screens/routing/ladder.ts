/** Arithmetic of ladders and of the routing tree. */
import type { Schemas } from "../../api/client";

export type LadderSpec = Schemas["LadderSpec"];
export type Step = LadderSpec["steps"][number];
export type Route = Schemas["Route"];

/** When each step begins, in seconds after the incident. */
export function begins(steps: Step[]): number[] {
  let at = 0;
  return steps.map((step) => {
    const mine = at;
    at += step.delay_s;
    return mine;
  });
}

export const keyOf = (target: { kind: string; id: string }): string => `${target.kind}:${target.id}`;
export function targetOf(key: string): { kind: string; id: string } {
  const [kind = "person", ...rest] = key.split(":");
  return { kind, id: rest.join(":") };
}

/** A node by the numbers of the children on the way to it. */
export function nodeAt(root: Route, way: number[]): Route | undefined {
  return way.reduce<Route | undefined>((node, index) => node?.routes[index], root);
}

/** The tree with one node put in place of another; `null` takes it away. */
export function withNode(root: Route, way: number[], node: Route | null): Route {
  const [first, ...rest] = way;
  if (first === undefined) return node ?? root;
  const routes = root.routes.flatMap((one, index) => {
    if (index !== first) return [one];
    if (rest.length) return [withNode(one, rest, node)];
    return node ? [node] : [];
  });
  return { ...root, routes };
}

/** The tree with a node one place earlier or later among its siblings. */
export function shifted(root: Route, way: number[], by: 1 | -1): Route {
  const parent = nodeAt(root, way.slice(0, -1));
  const from = way.at(-1);
  if (!parent || from === undefined) return root;
  const to = from + by;
  const [a, b] = [parent.routes[from], parent.routes[to]];
  if (!a || !b) return root;
  const routes = parent.routes.map((one, index) => (index === from ? b : index === to ? a : one));
  return withNode(root, way.slice(0, -1), { ...parent, routes });
}

export const freshRoute = (name: string): Route => ({
  name,
  matchers: [],
  when: "",
  continue: false,
  group_by: [],
  group_wait_s: -1,
  service: "",
  ladder: "",
  urgency: "",
  routes: [],
});

/** `service="checkout" severity=critical` or a line each, as labels. */
export function labelsOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = "", quoted, plain] of text.matchAll(/([\w.-]+)\s*[=:]\s*(?:"([^"]*)"|([^\s,;]+))/g))
    found[name] = quoted ?? plain ?? "";
  return found;
}

/** Marks of a time axis: at most eight, in a step that people count in. */
export function ticks(most: number): number[] {
  const MINUTE = 60_000;
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440].map((one) => one * MINUTE);
  const step = steps.find((one) => most / one <= 8) ?? 2880 * MINUTE;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}
