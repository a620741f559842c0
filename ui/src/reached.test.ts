import { afterEach, expect, test, vi } from "vitest";
import { Problem } from "./api/client";
import { reached } from "./reached";

afterEach(() => vi.unstubAllGlobals());
const gone = new TypeError("Failed to fetch dynamically imported module: /assets/a.js");
const lost = () => Promise.reject(gone);

test("a part of the program that a new release took away is said to be missing", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response()));
  await expect(reached(lost)).rejects.toBe(gone);
  await expect(reached(() => Promise.resolve("a screen"))).resolves.toBe("a screen");
});

test("without a network it is the network that is missing: the page is not loaded anew for that", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no way")));
  await expect(reached(lost)).rejects.toBeInstanceOf(Problem);
});
