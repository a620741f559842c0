import { expect, test } from "vitest";
import { understood } from "./preferences";

test("what the server keeps is understood, and what it cannot mean is the usual", () => {
  const wished = { theme: "dark", density: "roomy", keys_enabled: false, language: "zh", language_chosen: true };
  expect(understood(wished)).toEqual({ theme: "dark", density: "roomy", keys_enabled: false, language: "zh" });
  const usual = { theme: "auto", density: "dense", keys_enabled: true, language: "" };
  expect(understood({})).toEqual(usual);
  expect(understood({ theme: ["dark"], density: 5, keys_enabled: null, language: "zh" })).toEqual(usual);
  expect(understood({ language: "fr", language_chosen: true }).language).toBe("");
});
