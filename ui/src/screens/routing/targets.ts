/** Whom a step can tell: schedules, people, teams, as choices with names. */
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";

export function useTargets() {
  const query = { limit: 500 };
  const people = useGet("/api/v1/users", { query });
  const schedules = useGet("/api/v1/schedules", { query });
  const teams = useGet("/api/v1/teams", { query });
  const names = new Map<string, string>();
  const group = (kind: string, items: { id: string; spec: { name: string } }[] = []) =>
    items.map((one) => {
      names.set(`${kind}:${one.id}`, one.spec.name);
      return { value: `${kind}:${one.id}`, label: one.spec.name };
    });
  const groups = [
    { group: i18n.t("On call in"), items: group("schedule", schedules.data?.items) },
    {
      group: i18n.t("People"),
      items: group(
        "person",
        people.data?.items.filter((one) => one.active),
      ),
    },
    { group: i18n.t("Everybody of the team"), items: group("team", teams.data?.items) },
  ];
  const name = (key: string) => names.get(key) ?? key.slice(key.indexOf(":") + 1);
  /** "on call in Primary", "Ann", "team Shop". */
  const words = (key: string) => {
    if (key.startsWith("schedule:")) return i18n.t("on call in {name}", { name: name(key) });
    if (key.startsWith("team:")) return i18n.t("team {name}", { name: name(key) });
    return name(key);
  };
  return { groups, name, words, firstSchedule: schedules.data?.items[0]?.id, firstPerson: people.data?.items[0]?.id };
}

/** Ids and names of a kind, as choices; the empty one says what it means. */
export function useChoices(path: "/api/v1/ladders" | "/api/v1/services", none: string) {
  const { data } = useGet(path, { query: { limit: 500 } });
  return [{ value: "", label: none }, ...(data?.items ?? []).map((one) => ({ value: one.id, label: one.spec.name }))];
}
