/** What things are called that other things name by their id. */
import { useMemo } from "react";
import { useGet } from "../api/query";

type Kind =
  | "/api/v1/services"
  | "/api/v1/ladders"
  | "/api/v1/teams"
  | "/api/v1/calendars"
  | "/api/v1/sources"
  | "/api/v1/users";

/** The name of an id of that kind; the id itself where there is none: it is gone, or a template such as `{{service}}`. */
export function useNameOf(kind: Kind): (id: string) => string {
  const { data } = useGet(kind, { query: { limit: 500 }, staleTime: 120_000 });
  return useMemo(() => {
    const items = (data?.items ?? []) as { id: string; spec: { name: string } }[];
    const names = new Map(items.map((one) => [one.id, one.spec.name]));
    return (id: string) => names.get(id) ?? id;
  }, [data]);
}
