/** What a silence is made of before it is sent. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Problem, post, type Schemas } from "../../api/client";
import type { Params } from "../../parts/url";
import { listed, whereOf } from "../alerts/model";
import { matchersOf } from "../alerts/query/text";

export type Silence = Schemas["SilenceShown"];
type Reach = Schemas["ReachShown"];
/** The alerts a silence is for: by id, or all that a filter matches. */
export type Meant = { ids?: string[]; where?: Partial<Schemas["AlertsWhere"]> };

/** The alerts a URL says the silence is for; null when it says none. */
export function meantOf(params: Params): Meant | null {
  if (params.alert) return { ids: listed(params.alert) };
  return params.of === "all" ? { where: whereOf(params) } : null;
}

/** Whom such matchers would hold back of those they are meant for; without matchers, some are proposed. */
export function useReach(matchers: string[] | null, meant: Meant | null) {
  return useQuery<Reach, Problem>({
    queryKey: ["reach", matchers, meant],
    queryFn: () => post("/api/v1/silences/reach", { body: { matchers, ...meant } as Schemas["ReachAsked"] }),
    enabled: meant !== null,
    placeholderData: keepPreviousData,
    staleTime: matchers ? 5_000 : Number.POSITIVE_INFINITY,
  });
}

/** The matchers of a text, one a line or with commas; null when some are not matchers. */
export function parsed(text: string): string[] | null {
  return text.trim()
    ? matchersOf(
        text
          .split(/\n+/)
          .filter((line) => line.trim())
          .join(", "),
      )
    : [];
}

/** Minutes from now as an instant. */
export function inMinutes(minutes: number, from = Date.now()): string {
  return new Date(from + minutes * 60_000).toISOString();
}

/** The same silence once more, for the rest of its time: the undo of its end. */
export function again(silence: Silence): Promise<Silence> {
  const { matchers, start_at, end_at, comment, annotations } = silence;
  const now = new Date().toISOString();
  return post("/api/v1/silences", {
    body: { matchers, start_at: start_at > now ? start_at : now, end_at, comment, annotations },
  });
}
