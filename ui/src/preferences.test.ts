import { QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { get } from "./api/client";
import { queries } from "./api/query";
import { prefer, understood } from "./preferences";

test("what the server keeps is understood, and what it cannot mean is the usual", () => {
  const wished = { theme: "dark", density: "roomy", keys_enabled: false, language: "zh", language_chosen: true };
  expect(understood(wished)).toEqual({ theme: "dark", density: "roomy", keys_enabled: false, language: "zh" });
  const usual = { theme: "auto", density: "dense", keys_enabled: true, language: "" };
  expect(understood({})).toEqual(usual);
  expect(understood({ theme: ["dark"], density: 5, keys_enabled: null, language: "zh" })).toEqual(usual);
  expect(understood({ language: "fr", language_chosen: true }).language).toBe("");
});

test("what was read before a wish was granted does not take it back", async () => {
  const answer = (body: object) => new Response(JSON.stringify(body));
  let tell: (answer: Response) => void = () => undefined;
  const fetched = vi.fn((_: string, { method, signal }: RequestInit) => {
    if (method === "PUT") return Promise.resolve(answer({ theme: "dark" }));
    return new Promise<Response>((resolve, reject) => {
      tell = resolve;
      signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    });
  });
  vi.stubGlobal("fetch", fetched);
  const path = "/api/v1/me/preferences";
  const shown = new QueryObserver<object>(queries, {
    queryKey: [path, {}, {}],
    queryFn: ({ signal }) => get(path, { signal }),
  });
  const stop = shown.subscribe(() => undefined);
  const wish = prefer({ theme: "dark" });
  void queries.refetchQueries({ queryKey: [path] }, { cancelRefetch: false }); // an event made it stale meanwhile
  await wish;
  tell(answer({ theme: "light" }));
  await vi.waitFor(() => expect(queries.isFetching({ queryKey: [path] })).toBe(0));
  expect(queries.getQueryData([path, {}, {}])).toEqual({ theme: "dark" });
  stop();
  vi.unstubAllGlobals();
});
