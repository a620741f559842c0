import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCES = join(__dirname, "..");

function catalogues(language: string): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(`${language}.po`));
}

/** Message id and words of a catalogue. */
function entries(path: string): [string, string][] {
  const text = readFileSync(join(SOURCES, path), "utf8").replace(/"\n"/g, "");
  return [...text.matchAll(/^msgid "(.+)"\nmsgstr "(.*)"$/gm)].map((found) => [found[1] ?? "", found[2] ?? ""]);
}

test("one sentence has one translation everywhere", () => {
  const said = new Map<string, Map<string, string>>();
  for (const path of catalogues("zh"))
    for (const [id, words] of entries(path)) said.set(id, (said.get(id) ?? new Map()).set(words, path));
  const torn = [...said].filter(([, words]) => words.size > 1).map(([id, words]) => [id, ...words.keys()]);
  expect(torn).toEqual([]);
});

test("every sentence has its words in Chinese, with the same values in them", () => {
  const values = (text: string) => [...new Set(text.match(/(?<!(?:one|other|=\d) )\{\w+(?=[,}])/g) ?? [])].sort();
  const wrong = catalogues("zh")
    .flatMap(entries)
    .filter(([id, words]) => !words || String(values(id)) !== String(values(words)));
  expect(wrong).toEqual([]);
});
