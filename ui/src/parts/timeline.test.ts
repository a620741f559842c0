import { expect, test } from "vitest";
import { alertCount, fold, pieces, withNobody } from "./timeline";

const entry = (seq: number, kind: string, type = "X") => ({ seq, kind, type, at: "2026-11-24T00:00:00Z" }) as never;

test("a flood of alike alerts is one line, few stay themselves", () => {
  const told = fold([
    entry(1, "opened"),
    ...[2, 3, 4, 5].map((seq) => entry(seq, "alert", "AlertsJoined")),
    entry(6, "alert", "AlertEnded"),
    entry(7, "page"),
  ]);
  expect(told.map((one) => ("many" in one ? one.many.length : 1))).toEqual([1, 4, 1, 1]);
});

test("one entry about several alerts is a line that opens", () => {
  const several = { ...(entry(2, "alert", "AlertsJoined") as object), alert_count: 2 } as never;
  const told = fold([entry(1, "opened"), several, entry(3, "page")]);
  expect(told.map((one) => "many" in one)).toEqual([false, true, false]);
  expect(alertCount([several, entry(4, "alert")])).toBe(3);
});

test("links and mentions are found, addresses are not mentions", () => {
  expect(pieces("@ann see https://x.org/a?b=1. mail to a@b.org，@梅 好")).toEqual([
    { kind: "mention", text: "@ann" },
    { kind: "text", text: " see " },
    { kind: "link", text: "https://x.org/a?b=1" },
    { kind: "text", text: ". mail to a@b.org，" },
    { kind: "mention", text: "@梅" },
    { kind: "text", text: " 好" },
  ]);
});

test("ids of incidents and alerts are found, where they stand alone", () => {
  expect(pieces("Merged into INC-3, see ALT-12；参见INC-7。")).toEqual([
    { kind: "text", text: "Merged into " },
    { kind: "incident", text: "INC-3" },
    { kind: "text", text: ", see " },
    { kind: "alert", text: "ALT-12" },
    { kind: "text", text: "；参见" },
    { kind: "incident", text: "INC-7" },
    { kind: "text", text: "。" },
  ]);
  expect(pieces("MINC-3 INC-03 INC-3x XINC-3 INC-3-a https://x.org/INC-3").map((one) => one.kind)).toEqual([
    "text",
    "link",
  ]);
});

test("a rung that reaches nobody says so, and nothing else is touched", () => {
  expect(withNobody("Rung 1, round 1:", "nobody")).toBe("Rung 1, round 1: nobody");
  expect(withNobody("第 1 轮第 1 级：", "无人")).toBe("第 1 轮第 1 级：无人");
  expect(withNobody("Rung 1: Ann", "nobody")).toBe("Rung 1: Ann");
});
