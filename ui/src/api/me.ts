import type { Schemas } from "./client";
import { useGet } from "./query";

export type Me = Schemas["Me"];

/** Who is logged in. The frame waits for it, so below the frame it is always there. */
export function useMe(): Me {
  const { data } = useGet("/api/v1/me", { staleTime: 60_000 });
  if (!data) throw new Error("useMe is for what lies below the frame");
  return data;
}

/** Whether one holds a permission: read, respond, configure or administer. */
export function useMay(permission: string): boolean {
  return useMe().permissions.includes(permission);
}
