import { describe, expect, it } from "vitest";
import { setWell } from "./spacing";

const paging = (name: string) => setWell(({ name }) => `呼叫${name}`, { name });
const planned = (by: string, whom: string) => setWell(({ by, whom }) => `计划通过 ${by} 通知 ${whom}`, { by, whom });

describe("values in Chinese sentences", () => {
  it("stand apart from Chinese when they are Latin", () => {
    expect([paging("Bo"), paging("李梅")]).toEqual(["呼叫 Bo", "呼叫李梅"]);
    expect(setWell(({ name }) => `${name}已停用`, { name: "Bo" })).toBe("Bo 已停用");
  });

  it("stand close when they are Chinese", () => {
    expect(planned("站内信箱", "李梅")).toBe("计划通过站内信箱通知李梅");
    expect(planned("Slack", "Ann Keller")).toBe("计划通过 Slack 通知 Ann Keller");
  });

  it("are never changed themselves", () => {
    expect(paging("磁盘 已满 API接口")).toBe("呼叫磁盘 已满 API接口");
    expect(setWell(({ n }) => `共${n}个`, { n: 3 })).toBe("共3个");
  });
});
