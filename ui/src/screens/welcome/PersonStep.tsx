import { Button, Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { put } from "../../api/client";
import { useMe } from "../../api/me";
import { useChange } from "../../api/query";
import { i18n, LANGUAGES, type Language } from "../../i18n";
import { Fault } from "../../parts/marks";
import { ownNow, prefer } from "../../preferences";

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function PersonStep({ next }: { next: () => void }) {
  const { user } = useMe();
  const [name, setName] = useState(user.spec.name);
  const [language, setLanguage] = useState<string>(ownNow().language || i18n.locale);
  const [zone, setZone] = useState(user.spec.zone === "UTC" ? HERE : (user.spec.zone ?? HERE));
  const save = useChange(
    async () => {
      await put("/api/v1/users/{user_id}/preferences", { path: { user_id: user.id }, body: { name, language, zone } });
      await prefer({ language: language as Language });
    },
    "/api/v1/me",
    "/api/v1/users",
  );
  const zones = Intl.supportedValuesOf("timeZone");
  return (
    <>
      <TextInput label={i18n.t("Your name")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select
        label={i18n.t("Language")}
        description={i18n.t("Of this interface, and of the messages to you.")}
        value={language}
        onChange={(value) => setLanguage(value ?? "en")}
        data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      />
      <Select
        label={i18n.t("Time zone")}
        description={i18n.t("Nights, shifts and quiet hours are counted in it.")}
        searchable
        value={zone}
        onChange={(value) => setZone(value ?? HERE)}
        data={zones.includes(zone) ? zones : [zone, ...zones]}
      />
      <Fault problem={save.error} />
      <Group>
        <Button
          loading={save.isPending}
          disabled={!name.trim()}
          onClick={() =>
            save.mutate(undefined, {
              onSuccess: next,
            })
          }
        >
          {i18n.t("Save and go on")}
        </Button>
      </Group>
    </>
  );
}
