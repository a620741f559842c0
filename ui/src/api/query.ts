/** Reading and acting with TanStack Query. Keys are [path, place, query], so the live feed can tell what has gone stale. */
import { keepPreviousData, QueryClient, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { type Answer, type GetPath, get, type Place, Problem, type Query } from "./client";
import { hasOld, type Known, type Listed, pageAt, pagesOf, rowsOf } from "./pages";

/** A browser that thinks it has no network asks all the same: an act that waits in silence for the network to come back
 * would be done when nobody wishes it any more, and a screen that waits says nothing. */
export const queries = new QueryClient({
  defaultOptions: {
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      refetchOnReconnect: true,
      staleTime: 30_000,
      retry: (count, fault) => count < 2 && !(fault instanceof Problem && fault.status >= 400 && fault.status < 500),
    },
  },
});

type Asked = {
  path?: Place;
  query?: Query;
  /** false: do not read yet. */
  when?: boolean;
  /** Read again after so many ms, for what no event announces. */
  every?: number;
  staleTime?: number;
};

/** GET a path: `const { data, error } = useGet("/api/v1/incidents/{incident_id}", { path: { incident_id: id } })`. */
export function useGet<P extends GetPath>(path: P, asked: Asked = {}) {
  return useQuery<Answer<P, "get">, Problem>({
    queryKey: [path, asked.path ?? {}, asked.query ?? {}],
    queryFn: ({ signal }) => get(path, { path: asked.path, query: asked.query, signal }),
    enabled: asked.when ?? true,
    refetchInterval: asked.every,
    staleTime: asked.staleTime,
    // the rows of one filter stay while those of the next are read; another thing's page starts empty
    placeholderData: asked.path === undefined ? (keepPreviousData as never) : undefined,
  });
}

type Item<P extends GetPath> = Answer<P, "get"> extends { items: (infer I)[] } ? I : never;

/**
 * GET a list page by page with its cursor. `items` are those of the pages read; `more()` reads the next; `seen()` says
 * which rows are in sight: what happens then is read for these and the first page only. Without it all are read again.
 * Not `isComplete`: the server did not look at everything.
 */
export function usePages<P extends GetPath>(path: P, asked: Asked = {}, limit = 100) {
  const sight = useRef<[number, number] | null>(null);
  const isInSight = (page: number) => sight.current === null || (sight.current[0] <= page && page <= sight.current[1]);
  const queryKey = [path, asked.path ?? {}, { ...asked.query, limit }];
  const pages = useInfiniteQuery<Listed<Item<P>>, Problem, Known<Item<P>>, unknown[], string>({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      pageAt<Item<P>>(pageParam, queries.getQueryData(queryKey), isInSight, limit, async (cursor, count) => {
        const query = { ...asked.query, limit: count, cursor };
        const found = (await get(path, { path: asked.path, query, signal })) as unknown as Listed<Item<P>>;
        return { ...found, readAt: Date.now() };
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor || undefined,
    enabled: asked.when ?? true,
    refetchInterval: asked.every,
    placeholderData: keepPreviousData as never,
  });
  const { data, isFetching, refetch } = pages;
  const renew = () => {
    if (data && sight.current && !isFetching && hasOld(data.pages, sight.current)) void refetch();
  };
  const latest = useRef(renew);
  latest.current = renew;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came into sight meanwhile is looked at when a reading ends
  useEffect(() => latest.current(), [isFetching]);
  const seen = (first: number, last: number) => {
    sight.current = data ? pagesOf(data.pages, first, last) : null;
    renew();
  };
  const more = () => {
    if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
  };
  return {
    items: useMemo(() => rowsOf(data?.pages ?? []), [data]),
    more,
    seen,
    hasMore: pages.hasNextPage,
    isComplete: data?.pages.every((page) => page.complete !== false) ?? true,
    isPending: pages.isPending,
    isFetching,
    error: pages.error,
    refetch,
  };
}

/** Everything read below these paths is read again. Paths are prefixes of the templates. */
export function refresh(...prefixes: string[]): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey: [path] }) => typeof path === "string" && prefixes.some((prefix) => path.startsWith(prefix)),
  });
}

/** A change; afterwards, whether it went well or not, what lies below `touches` is read again. */
export function useChange<A, R = unknown>(run: (args: A) => Promise<R>, ...touches: string[]) {
  return useMutation<R, Problem, A>({ mutationFn: run, onSettled: () => refresh(...touches) });
}
