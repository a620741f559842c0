/** "Add rotation": four templates, the people, done. Without a schedule it makes one. */
import { Button, Group, Modal, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMe } from "../../api/me";
import { i18n } from "../../i18n";
import { DateField } from "../../parts/DateField";
import css from "./Lanes.module.css";
import { usePeople } from "./people";
import { about, type Layer, layersOf, monday, TEMPLATES, type Template } from "./templates";

export type Made = { name: string; zone: string; layers: Layer[]; backup?: Layer[] };

export const zones = (): string[] => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((one) => one !== "UTC")];

export function RotationWizard({
  zone: given,
  onClose,
  onMade,
}: {
  /** The zone of the schedule to add to; without one a schedule is made. */
  zone?: string;
  onClose: () => void;
  onMade: (made: Made) => Promise<boolean> | boolean;
}) {
  const me = useMe();
  const people = usePeople();
  const [name, setName] = useState("");
  const [zone, setZone] = useState(given ?? me.user.spec.zone);
  const [template, setTemplate] = useState<Template>("weekly");
  const [groups, setGroups] = useState<string[][]>([[], [], []]);
  const [start, setStart] = useState(monday(Date.now(), zone));
  const [busy, setBusy] = useState(false);
  const { groups: titles } = about(template);
  const ready = (given || name.trim()) && titles.every((_, index) => groups[index]?.length) && start;
  const make = async () => {
    setBusy(true);
    const fine = await onMade({ name: name.trim(), zone, ...layersOf(template, groups, start) });
    setBusy(false);
    if (fine) onClose();
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={given ? i18n.t("Add a rotation") : i18n.t("New schedule")}>
      <Stack gap="md">
        {!given && (
          <Group grow align="start">
            <TextInput
              label={i18n.t("Name")}
              placeholder={i18n.t("Shop primary")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
            <Select
              label={i18n.t("Time zone")}
              searchable
              data={zones()}
              value={zone}
              onChange={(value) => setZone(value ?? "UTC")}
              limit={50}
            />
          </Group>
        )}
        <div className={css.templates} role="group" aria-label={i18n.t("Kind of rotation")}>
          {TEMPLATES.map((one) => (
            <button
              key={one}
              type="button"
              className={css.template}
              aria-pressed={one === template}
              onClick={() => setTemplate(one)}
            >
              <strong>{about(one).name}</strong>
              {about(one).words}
            </button>
          ))}
        </div>
        {titles.map((title, index) => (
          <MultiSelect
            key={title}
            label={title}
            data={people.options}
            value={groups[index] ?? []}
            searchable
            onChange={(users) => setGroups(groups.map((one, at) => (at === index ? users : one)))}
          />
        ))}
        <DateField
          label={i18n.t("From")}
          description={i18n.t("The first person's first day. Weeks are handed over on its weekday.")}
          value={start}
          onChange={setStart}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {i18n.t("Cancel")}
          </Button>
          <Button loading={busy} disabled={!ready} onClick={() => void make()}>
            {given ? i18n.t("Add to the draft") : i18n.t("Create")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
