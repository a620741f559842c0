import { expect, test } from "vitest";
import { idFor, slugOf } from "./ids";

test("a name gives its letters and digits", () => {
  expect(slugOf("Prometheus (Berlin)")).toBe("prometheus-berlin");
  expect(slugOf("Ändern é")).toBe("a-ndern-e");
  expect(slugOf("普罗米修斯")).toBe("");
});

test("an id ends in no hyphen, however long the name", () => {
  expect(slugOf(`${"a".repeat(39)} b`)).toBe("a".repeat(39));
});

test("a taken id is numbered, and a name without letters gets the kind", () => {
  expect(idFor("Shop", ["shop", "shop-2"], "team")).toBe("shop-3");
  expect(idFor("支付", ["team"], "team")).toBe("team-2");
});
