import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { expect, it } from "vitest";

/** A longer file holds more than one thing. schema.d.ts is made from the API, not written. */
const MOST = 300;
const MADE = ["schema.d.ts"];

it(`is written in files of at most ${MOST} lines`, () => {
  const written = readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && [".ts", ".tsx"].includes(extname(one.name)) && !MADE.includes(one.name))
    .map((one) => join(one.parentPath, one.name));
  const long = written
    .map((path) => [path, readFileSync(path, "utf8").trimEnd().split("\n").length] as const)
    .filter(([, lines]) => lines > MOST);
  expect(written.length).toBeGreaterThan(100);
  expect(long).toEqual([]);
});
