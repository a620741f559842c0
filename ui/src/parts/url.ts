import { useMatches, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export type Params = Record<string, string>;

const bare = (path: string) => path.replace(/\/$/, "");

/**
 * The filter of a screen lives in its URL. `set({ status: "" })` takes a parameter away; a value replaces in place. What
 * is set late, when somebody is already on the way to another screen, is not written into that one's URL.
 */
export function useParamsOfUrl(): [Params, (patch: Partial<Params>) => void] {
  const params = useSearch({ strict: false }) as Params;
  const navigate = useNavigate();
  const router = useRouter();
  const here = useMatches({ select: (matches) => bare(matches.at(-1)?.pathname ?? "") });
  const set = useCallback(
    (patch: Partial<Params>) => {
      if (bare(router.latestLocation.pathname) !== here) return;
      void navigate({
        to: ".",
        replace: true,
        search: ((before: Params) =>
          Object.fromEntries(Object.entries({ ...before, ...patch }).filter(([, value]) => value))) as never,
      });
    },
    [navigate, router, here],
  );
  return [params, set];
}
