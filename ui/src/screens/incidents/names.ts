/** Whom one can name: people, teams and ladders, with who is on call now. */
import { useMemo } from "react";
import { useGet } from "../../api/query";
import type { Named, Names } from "./slash";

const CALM = 120_000;

export function useNames(): Names & { onCall: ReadonlySet<string> } {
  const query = { limit: 500 };
  const { data: users } = useGet("/api/v1/users", { query, staleTime: CALM });
  const { data: teams } = useGet("/api/v1/teams", { query, staleTime: CALM });
  const { data: ladders } = useGet("/api/v1/ladders", { query, staleTime: CALM });
  const { data: duties } = useGet("/api/v1/oncall", { staleTime: CALM });
  return useMemo(() => {
    const named = (one: { id: string; spec?: { name: string } | null }): Named => ({
      id: one.id,
      name: one.spec?.name || one.id,
    });
    return {
      users: (users?.items ?? []).filter((one) => one.active).map(named),
      teams: (teams?.items ?? []).map(named),
      ladders: (ladders?.items ?? []).map(named),
      onCall: new Set(duties?.items.flatMap((one) => one.users) ?? []),
    };
  }, [users, teams, ladders, duties]);
}
