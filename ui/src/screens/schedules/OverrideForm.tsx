/** The small form of an override: who, from when to when, and why. */
import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { i18n } from "../../i18n";
import { MomentField } from "../../parts/DateField";
import type { Override } from "./Board";
import { instant, local, type Span } from "./geometry";
import type { NewOverride } from "./overrides";
import { usePeople } from "./people";
import { length } from "./words";

export type Asked = { span: Span; one?: Override };

export function OverrideForm({
  asked,
  zone,
  first,
  onSpan,
  onClose,
  onSave,
  onRemove,
}: {
  asked: Asked;
  zone: string;
  /** Who is suggested. */
  first: string;
  onSpan: (span: Span) => void;
  onClose: () => void;
  onSave: (one: NewOverride, name: string) => Promise<boolean>;
  onRemove?: () => void;
}) {
  const people = usePeople();
  const [user, setUser] = useState(asked.one?.user ?? first);
  const [start, setStart] = useState(local(asked.span.start, zone));
  const [end, setEnd] = useState(local(asked.span.end, zone));
  const [reason, setReason] = useState(asked.one?.reason ?? "");
  const [busy, setBusy] = useState(false);
  const span = { start: instant(start, zone), end: instant(end, zone) };
  const sound = Number.isFinite(span.start) && Number.isFinite(span.end) && span.end > span.start;
  const edit = (set: (text: string) => void, other: "start" | "end") => (text: string) => {
    set(text);
    const next = { ...span, [other]: instant(text, zone) };
    if (next.end > next.start) onSpan(next);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!sound || !user) return;
    setBusy(true);
    const fine = await onSave(
      {
        user,
        start_at: new Date(span.start).toISOString(),
        end_at: new Date(span.end).toISOString(),
        instead_of: asked.one?.instead_of ?? "",
        reason: reason.trim(),
      },
      people.name(user),
    );
    setBusy(false);
    if (fine) onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={asked.one ? i18n.t("Change the override") : i18n.t("Who takes over?")}
      size="sm"
    >
      <form onSubmit={save}>
        <Stack gap="sm">
          <Select
            label={i18n.t("Person")}
            data={people.options}
            value={user || null}
            onChange={(value) => setUser(value ?? "")}
            searchable
            openOnFocus={false}
            data-autofocus
          />
          <Stack gap="sm">
            <MomentField label={i18n.t("From")} value={start} onChange={edit(setStart, "start")} />
            <MomentField
              label={i18n.t("Until")}
              value={end}
              onChange={edit(setEnd, "end")}
              error={sound || !end ? undefined : i18n.t("Must be later")}
            />
          </Stack>
          <Text size="xs" c="var(--t-dim)">
            {sound ? `${length(span.end - span.start)} · ${zone}` : zone}
          </Text>
          <TextInput
            label={i18n.t("Reason")}
            placeholder={i18n.t("Holiday, doctor, swap … (optional)")}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="space-between">
            {onRemove ? (
              <Button variant="subtle" color="gray" onClick={onRemove}>
                {i18n.t("Remove")}
              </Button>
            ) : (
              <span />
            )}
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {i18n.t("Cancel")}
              </Button>
              <Button type="submit" loading={busy} disabled={!sound || !user}>
                {asked.one ? i18n.t("Save") : i18n.t("Put on call")}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
