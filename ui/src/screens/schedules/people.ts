/** People as choices. */
import { useGet } from "../../api/query";

export function usePeople() {
  const { data } = useGet("/api/v1/users", { query: { limit: 500 } });
  const all = (data?.items ?? []).filter((one) => one.active);
  return {
    all,
    options: all.map((one) => ({ value: one.id, label: one.spec.name })),
    name: (id: string) => all.find((one) => one.id === id)?.spec.name ?? id,
  };
}
