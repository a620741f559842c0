import { ActionIcon, Button, Chip, Group, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { IconArrowUp, IconTrash } from "@tabler/icons-react";
import { i18n } from "../../i18n";
import { ClockField, DateField } from "../../parts/DateField";
import css from "./Lanes.module.css";
import { usePeople } from "./people";
import type { Layer } from "./templates";
import { weekdayWord } from "./words";

/** One layer: who takes turns, how long a turn is, and when in the week it counts. */
export function LayerForm({
  layer,
  onChange,
  onRemove,
  onUp,
}: {
  layer: Layer;
  onChange: (next: Layer) => void;
  onRemove: () => void;
  onUp?: () => void;
}) {
  const people = usePeople();
  const set = (patch: Partial<Layer>) => onChange({ ...layer, ...patch });
  return (
    <section className={css.layer} aria-label={layer.name}>
      <Group justify="space-between" wrap="nowrap" align="end">
        <TextInput
          label={i18n.t("Layer")}
          value={layer.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Group gap={4} wrap="nowrap">
          {onUp && (
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={i18n.t("Move {name} up", { name: layer.name })}
              onClick={onUp}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
          )}
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={i18n.t("Remove {name}", { name: layer.name })}
            onClick={onRemove}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      </Group>
      <MultiSelect
        label={i18n.t("People, in order")}
        data={people.options}
        value={layer.users}
        searchable
        onChange={(users) => set({ users })}
      />
      <div className={css.fields}>
        <NumberInput
          label={i18n.t("Turns of")}
          min={1}
          value={layer.every}
          onChange={(every) => set({ every: Number(every) || 1 })}
        />
        <Select
          label={i18n.t("Unit")}
          data={[
            { value: "hour", label: i18n.t("hours") },
            { value: "day", label: i18n.t("days") },
            { value: "week", label: i18n.t("weeks") },
          ]}
          value={layer.unit}
          onChange={(unit) => set({ unit: unit ?? "week" })}
        />
        <ClockField label={i18n.t("Hand-over at")} value={layer.hand_off} onChange={(hand_off) => set({ hand_off })} />
        <DateField label={i18n.t("First turn")} value={layer.start} onChange={(start) => set({ start })} />
      </div>
      <Windows layer={layer} set={set} />
    </section>
  );
}

function Windows({ layer, set }: { layer: Layer; set: (patch: Partial<Layer>) => void }) {
  const all = layer.restrictions;
  const change = (index: number, patch: Partial<(typeof all)[number]>) =>
    set({ restrictions: all.map((one, at) => (at === index ? { ...one, ...patch } : one)) });
  return (
    <>
      {all.map((one, index) => (
        <div key={index} className={css.window}>
          <Chip.Group
            multiple
            value={one.weekdays.map(String)}
            onChange={(days) => change(index, { weekdays: days.map(Number).sort() })}
          >
            <Group gap={4}>
              {[0, 1, 2, 3, 4, 5, 6].map((day) => (
                <Chip key={day} value={String(day)} size="xs" variant="outline">
                  {weekdayWord(day)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <ClockField aria-label={i18n.t("From")} value={one.start} onChange={(start) => change(index, { start })} />
          –
          <ClockField aria-label={i18n.t("Until")} mayEnd value={one.end} onChange={(end) => change(index, { end })} />
          <ActionIcon
            variant="subtle"
            aria-label={i18n.t("Remove these hours")}
            onClick={() => set({ restrictions: all.filter((_, at) => at !== index) })}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        size="compact-xs"
        style={{ justifySelf: "start" }}
        onClick={() => set({ restrictions: [...all, { weekdays: [0, 1, 2, 3, 4], start: "09:00", end: "18:00" }] })}
      >
        {all.length ? i18n.t("More hours") : i18n.t("Only at certain hours…")}
      </Button>
    </>
  );
}
