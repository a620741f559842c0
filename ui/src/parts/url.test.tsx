import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { type Params, useParamsOfUrl } from "./url";

let set: (patch: Partial<Params>) => void = () => undefined;
function Filtered() {
  [, set] = useParamsOfUrl();
  return <h1>filtered</h1>;
}

test("a filter that is set late is not written into the URL of the next screen", async () => {
  let open: () => void = () => undefined;
  const isRead = new Promise<void>((resolve) => {
    open = resolve;
  });
  const root = createRootRoute({ component: Outlet });
  const filtered = createRoute({ getParentRoute: () => root, path: "/filtered", component: Filtered });
  const next = createRoute({
    getParentRoute: () => root,
    path: "/next",
    component: () => <h1>next</h1>,
    loader: () => isRead,
  });
  const router = createRouter({
    routeTree: root.addChildren([filtered, next]),
    history: createMemoryHistory({ initialEntries: ["/filtered"] }),
  });
  render(<RouterProvider router={router as never} />);
  await screen.findByText("filtered");
  set({ q: "db" });
  await expect.poll(() => router.state.location.search).toEqual({ q: "db" });
  const gone = router.navigate({ to: "/next" as never });
  set({ q: "late" });
  open();
  await gone;
  await screen.findByText("next");
  expect(router.state.location.href).toBe("/next");
});
