import { MutationObserver, onlineManager } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { queries } from "./query";

afterEach(() => onlineManager.setOnline(true));

test("without a network an act is tried and refused at once, not kept for later", async () => {
  onlineManager.setOnline(false);
  const run = vi.fn().mockRejectedValue(new Error("no way"));
  const act = new MutationObserver(queries, { mutationFn: run });
  await expect(act.mutate(undefined)).rejects.toThrow("no way");
  expect(run).toHaveBeenCalledTimes(1);
});

test("without a network a reading is tried too, so that its screen can say what is wrong", async () => {
  onlineManager.setOnline(false);
  const read = queries.fetchQuery({ queryKey: ["nothing"], queryFn: () => Promise.resolve("kept"), retry: false });
  await expect(read).resolves.toBe("kept");
});
