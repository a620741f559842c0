/** Which incidents the list shows, and in which order; it stands in the URL. */
import { Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { Query } from "../../api/client";
import { i18n } from "../../i18n";
import type { Params } from "../../parts/url";
import { SEVERITIES, severityWord, statusWord } from "../../words";
import css from "./List.module.css";

/** The query of the list for what stands in the URL. */
export function asked(params: Params, teams: string[]): Query {
  return {
    status: params.status === "any" ? "" : params.status || "open",
    severity: params.severity,
    priority: params.priority,
    service: params.service,
    team: params.whose === "team" ? teams.join(",") : params.team,
    mine: params.whose === "mine" ? true : undefined,
    q: params.q,
    sort: params.sort || "urgent",
  };
}

function Tabs({
  label,
  value,
  options,
  choose,
}: {
  label: string;
  value: string;
  options: [string, string][];
  choose: (value: string) => void;
}) {
  return (
    <div className={css.tabs} role="group" aria-label={label}>
      {options.map(([one, words]) => (
        <button key={one} type="button" aria-pressed={value === one} onClick={() => choose(one)}>
          {words}
        </button>
      ))}
    </div>
  );
}

export function Filters({ params, set }: { params: Params; set: (patch: Partial<Params>) => void }) {
  const [text, setText] = useState(params.q ?? "");
  const [inUrl, setInUrl] = useState(params.q ?? "");
  if ((params.q ?? "") !== inUrl) {
    setInUrl(params.q ?? "");
    setText(params.q ?? "");
  }
  const later = useDebouncedCallback((q: string) => {
    setInUrl(q);
    set({ q });
  }, 200);
  return (
    <div className={css.filters}>
      <Tabs
        label={i18n.t("Whose")}
        value={params.whose || "all"}
        choose={(whose) => set({ whose: whose === "all" ? "" : whose })}
        options={[
          ["mine", i18n.t("Mine")],
          ["team", i18n.t("My teams")],
          ["all", i18n.t("All")],
        ]}
      />
      <Tabs
        label={i18n.t("Status")}
        value={params.status || "open"}
        choose={(status) => set({ status: status === "open" ? "" : status })}
        options={[
          ["open", i18n.t("Unresolved")],
          ["triggered", statusWord("triggered")],
          ["acknowledged", statusWord("acknowledged")],
          ["resolved", statusWord("resolved")],
          ["any", i18n.t("Any")],
        ]}
      />
      <Select
        className={css.select}
        aria-label={i18n.t("Severity")}
        value={params.severity || ""}
        onChange={(severity) => set({ severity: severity ?? "" })}
        data={[
          { value: "", label: i18n.t("Any severity") },
          ...SEVERITIES.map((one) => ({ value: one, label: severityWord(one) })),
        ]}
      />
      <Select
        className={css.select}
        aria-label={i18n.t("Order")}
        value={params.sort || "urgent"}
        onChange={(sort) => set({ sort: sort === "urgent" ? "" : (sort ?? "") })}
        data={[
          { value: "urgent", label: i18n.t("Unanswered first") },
          { value: "newest", label: i18n.t("Newest first") },
          { value: "oldest", label: i18n.t("Oldest first") },
          { value: "severity", label: i18n.t("Worst first") },
          { value: "priority", label: i18n.t("By priority") },
        ]}
      />
      <TextInput
        className={css.search}
        type="search"
        aria-label={i18n.t("Search incidents")}
        placeholder={i18n.t("Words of the title, a service, an id")}
        leftSection={<IconSearch size={15} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          later(event.currentTarget.value.trim());
        }}
      />
    </div>
  );
}
