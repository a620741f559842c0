/** Every URL and the screen that answers it. Screens are read when first visited: each folder under screens/ is one. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Frame } from "./frame/Frame";
import { Broken, NotFound } from "./frame/Lost";
import { reached } from "./reached";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, errorComponent: Broken });

type Module = Record<string, unknown>;
type Load = () => Promise<Module>;
const loads = new Set<Load>();
const at = <P extends string>(path: P, load: Load, name: string) => {
  loads.add(load);
  const component = lazyRouteComponent((() => reached(load)) as never, name as never);
  return createRoute({ getParentRoute: () => root, path, component });
};

/** Read the screens that were not visited yet: the next one opens at once, and without a network, too. */
export async function readAhead(): Promise<void> {
  for (const load of loads) await load().catch(() => undefined);
}

const home = () => import("./screens/home");
const incidents = () => import("./screens/incidents");
const alerts = () => import("./screens/alerts");
const silences = () => import("./screens/silences");
const intake = () => import("./screens/intake");
const schedules = () => import("./screens/schedules");
const routing = () => import("./screens/routing");
const services = () => import("./screens/services");
const people = () => import("./screens/people");
const messages = () => import("./screens/messages");
const setup = () => import("./screens/setup");
const welcome = () => import("./screens/welcome");

const tree = root.addChildren([
  at("/", home, "Home"),
  at("/incidents", incidents, "Incidents"),
  at("/incidents/new", incidents, "NewIncident"),
  at("/incidents/$id", incidents, "Incident"),
  at("/alerts", alerts, "Alerts"),
  at("/alerts/$id", alerts, "Alert"),
  at("/silences", silences, "Silences"),
  at("/silences/new", silences, "NewSilence"),
  at("/silences/$id", silences, "Silence"),
  at("/sources", intake, "Sources"),
  at("/sources/new", intake, "NewSource"),
  at("/sources/$id", intake, "Source"),
  at("/dead-letters", intake, "DeadLetters"),
  at("/dead-letters/$id", intake, "DeadLetter"),
  at("/ledger", intake, "Ledger"),
  at("/schedules", schedules, "Schedules"),
  at("/schedules/$id", schedules, "Schedule"),
  at("/ladders", routing, "Ladders"),
  at("/ladders/$id", routing, "Ladder"),
  at("/routes", routing, "Routes"),
  at("/services", services, "Services"),
  at("/services/$id", services, "Service"),
  at("/teams", services, "Teams"),
  at("/teams/$id", services, "Team"),
  at("/people", people, "People"),
  at("/people/$id", people, "Person"),
  at("/messages", messages, "Messages"),
  at("/messages/$id", messages, "Message"),
  at("/config", setup, "Config"),
  at("/keys", setup, "Keys"),
  at("/roles", setup, "Roles"),
  at("/audit", setup, "Audit"),
  at("/system", setup, "System"),
  at("/jobs/$id", setup, "JobPage"),
  at("/welcome", welcome, "Welcome"),
]);

/** Filters are plain strings in the URL: `?status=triggered&q=db`. */
const parseSearch = (search: string) => Object.fromEntries(new URLSearchParams(search));
const stringifySearch = (search: Record<string, unknown>) => {
  const text = new URLSearchParams(
    Object.entries(search).flatMap(([key, value]) => (value ? [[key, String(value)]] : [])),
  ).toString();
  return text ? `?${text}` : "";
};

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultErrorComponent: Broken, // the frame stands around a screen that failed
  scrollRestoration: true,
  parseSearch,
  stringifySearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
