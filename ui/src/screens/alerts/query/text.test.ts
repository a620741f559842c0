import { describe, expect, it } from "vitest";
import { completions } from "./complete";
import { asked, matchersOf, narrowed, type Row, toRows, toText } from "./text";

describe("the query bar", () => {
  it.each([
    'env="prod"',
    'env="prod", team!~"a|b", x!=""',
    'alert.severity == "critical" && labels.env == "prod"',
    'alert.title.contains("disk \\"C\\"") && !("env" in labels && labels.env == "dev")',
    'alert.count == 3 && alert.suppressed == true && labels["a-b"].matches("^(?:x.*)$")',
    '!alert.source.matches("^(?:demo|test)$")',
  ])("round-trips %s", (text) => {
    const rows = toRows(text);
    expect(rows).not.toBeNull();
    expect(toText(rows ?? [])).toBe(text);
    expect(toRows(toText(rows ?? []))).toEqual(rows);
  });

  it.each(['alert.severity == "high" || labels.a == "b"', "alert.count > 3", 'labels.a != "b"', "has(labels.a)", '"a'])(
    "leaves %s as text",
    (text) => expect(toRows(text)).toBeNull(),
  );

  it("reads matchers as people write them", () => {
    expect(matchersOf('{severity=critical, job = "a,b"}')).toEqual(['severity="critical"', 'job="a,b"']);
    expect(matchersOf('"odd name"="x"')).toEqual(['"odd name"="x"']);
    expect(matchersOf('labels.env == "prod"')).toBeNull();
  });

  it("asks for words in the title", () => {
    expect(asked("disk full")).toEqual({ q: 'alert.title.matches("(?i)disk full")' });
    expect(asked("数据库")).toEqual({ q: 'alert.title.matches("(?i)数据库")' });
    expect(asked('a="b"')).toEqual({ filter: ['a="b"'] });
    expect(asked("alert.suppressed")).toEqual({ q: "alert.suppressed" });
  });

  it("narrows what is there", () => {
    const row: Row = { field: "env", op: "=", value: "prod" };
    expect(narrowed("", row)).toBe('env="prod"');
    expect(narrowed('a="b"', row)).toBe('a="b", env="prod"');
    expect(narrowed('env="prod"', row)).toBe('env="prod"');
    expect(narrowed("alert.count > 3", row)).toBe('(alert.count > 3) && labels.env == "prod"');
  });

  it("completes names and values", () => {
    const known = [
      {
        name: "env",
        count: 2,
        values: [
          { value: "prod", count: 2 },
          { value: "dev", count: 1 },
        ],
      },
    ];
    expect(completions("e", known)[0]?.text).toBe('env="');
    expect(completions('env="p', known)).toEqual([{ text: 'env="prod"', shown: "prod", count: 2 }]);
    expect(completions('a="b", env=', known).map((one) => one.shown)).toEqual(["prod", "dev"]);
    expect(completions("alert.ti", known)[0]?.text).toBe("alert.title");
    expect(completions('alert.severity == "cr', known)[0]?.text).toBe('alert.severity == "critical"');
    expect(completions("alert.count > 1 && labels.e", known)[0]?.text).toBe('alert.count > 1 && labels.env == "');
  });
});
