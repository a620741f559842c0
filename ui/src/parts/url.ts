import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export type Params = Record<string, string>;

/** The filter of a screen lives in its URL. `set({ status: "" })` takes a parameter away; a value replaces in place. */
export function useParamsOfUrl(): [Params, (patch: Partial<Params>) => void] {
  const params = useSearch({ strict: false }) as Params;
  const navigate = useNavigate();
  const set = useCallback(
    (patch: Partial<Params>) =>
      void navigate({
        to: ".",
        replace: true,
        search: ((before: Params) =>
          Object.fromEntries(Object.entries({ ...before, ...patch }).filter(([, value]) => value))) as never,
      }),
    [navigate],
  );
  return [params, set];
}
