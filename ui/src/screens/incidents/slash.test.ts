import { beforeAll, expect, test } from "vitest";
import { i18n } from "../../i18n";
import { choose, complete } from "./slash";

const NAMES = {
  users: [
    { id: "ann", name: "Ann Keller" },
    { id: "mei", name: "林梅" },
  ],
  teams: [{ id: "shop", name: "Shop" }],
  ladders: [{ id: "payments", name: "支付升级" }],
};
const values = (text: string) => complete(text, text.length, NAMES)?.choices.map((one) => one.value.trim());

beforeAll(() => i18n.loadAndActivate({ locale: "en", messages: {} }));

test("a slash lists the commands, its letters choose", () => {
  expect(values("/")).toHaveLength(14);
  expect(values("/re")).toEqual(["/resolve", "/reopen", "/reassign"]);
  expect(values("/ack")).toBeUndefined();
  expect(values("and /re")).toBeUndefined();
});

test("an at lists people; teams to page, ladders to reassign", () => {
  expect(values("ask @")).toEqual(["@ann", "@mei"]);
  expect(values("ask @梅")).toEqual(["@mei"]);
  expect(values("/page @s")).toEqual(["@shop"]);
  expect(values("/reassign @pay")).toEqual(["@payments"]);
  expect(values("mail a@ann")).toBeUndefined();
});

test("the values of a command, and choosing one", () => {
  expect(values("/sev ")).toEqual(["1", "2", "3", "4", "5"]);
  expect(values("/snooze 1")).toEqual(["15m", "1h", "12h"]);
  const found = complete("/page @an now", 9, NAMES);
  if (!found?.choices[0]) throw new Error("nothing found");
  expect(choose("/page @an now", found, found.choices[0])).toEqual(["/page @ann  now", 11]);
});
