import { expect, test } from "vitest";
import { aboutHit } from "./hits";

test("what was found is told in words, not in those of the API", () => {
  const about = (kind: string, subtitle: string) => aboutHit({ kind, id: "x", subtitle });
  expect(about("incident", "triggered · medium")).toBe("x · Triggered · Warning");
  expect(about("alert", "firing · default")).toBe("x · Firing · default");
  expect(about("source", "any")).toBe("x · Any of the fixed forms");
  expect(about("person", "ann@example.org")).toBe("x · ann@example.org");
  expect(about("ladder", "")).toBe("x");
});
