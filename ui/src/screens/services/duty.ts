import { useGet } from "../../api/query";

/** Who is on call where, and people's names. */
export function useDuty() {
  const query = { limit: 500 };
  const { data: duty } = useGet("/api/v1/oncall", { every: 60_000 });
  const { data: schedules } = useGet("/api/v1/schedules", { query });
  const { data: users } = useGet("/api/v1/users", { query });
  return {
    /** The schedules in which a person is on call now: [id, name]. */
    of: (user: string): [string, string][] =>
      (duty?.items ?? [])
        .filter((one) => one.users.includes(user))
        .map((one) => [
          one.schedule,
          schedules?.items.find((each) => each.id === one.schedule)?.spec.name ?? one.schedule,
        ]),
    name: (user: string): string => users?.items.find((one) => one.id === user)?.spec.name ?? user,
    schedules: schedules?.items ?? [],
    users: users?.items.filter((one) => one.active) ?? [],
  };
}
