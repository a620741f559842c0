import { expect, it } from "vitest";

const catalogues = import.meta.glob<string>("./**/locale/zh.po", { query: "?raw", import: "default", eager: true });

/** Every sentence with what it becomes, of one catalogue: a message stands on one line each. */
const entries = (text: string) => [...text.matchAll(/^msgid "(.+)"\nmsgstr "(.*)"$/gm)].map(([, id, said]) => [id, said]);

it("says one sentence in one way, for the catalogues are one when they are spoken", () => {
  const first = new Map<string, string>();
  const twice = Object.values(catalogues)
    .flatMap(entries)
    .filter(([id = "", said = ""]) => {
      const before = first.get(id) ?? said;
      first.set(id, before);
      return before !== said;
    });
  expect(first.size).toBeGreaterThan(1000);
  expect(twice).toEqual([]);
});
