/** What has to be asked before an act: until when, to whom, into which. */
import { Button, Group, Modal, Radio, Select, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import dayjs from "dayjs";
import { useState } from "react";
import { post } from "../../api/client";
import { refresh, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { MomentField } from "../../parts/DateField";
import type { Act } from "./deeds";
import type { Deed, Row } from "./model";
import { useNames } from "./names";
import { verbWord } from "./words";

/** `all`: not these rows, but so many that match the list's filters. */
export type Asking = { what: "snooze" | "reassign" | "merge" | "page"; rows: Row[]; all?: number } | null;

export function Dialogs({
  asking,
  close,
  act,
  actAll,
}: {
  asking: Asking;
  close: () => void;
  act: Act;
  actAll?: (deed: Deed) => void;
}) {
  const rows = asking?.rows ?? [];
  const which = asking?.all
    ? i18n.t("All {n} that match", { n: asking.all })
    : rows.length === 1
      ? (rows[0]?.id ?? "")
      : i18n.t("{n} selected", { n: rows.length });
  const run = (deed: Deed) => {
    close();
    if (asking?.all && actAll) actAll(deed);
    else void act(rows, deed);
  };
  const title = asking?.what === "page" ? i18n.t("Page a helper") : asking ? verbWord(asking.what) : "";
  return (
    <Modal opened={asking !== null} onClose={close} title={`${title} · ${which}`}>
      {asking?.what === "snooze" && <Snooze run={run} />}
      {asking?.what === "reassign" && <Reassign run={run} />}
      {asking?.what === "merge" && <Merge rows={rows} run={run} />}
      {asking?.what === "page" && <Helper row={rows[0]} close={close} />}
    </Modal>
  );
}

type Form = { run: (deed: Deed) => void };

function Snooze({ run }: Form) {
  const [at, setAt] = useState("");
  const morning = dayjs().hour() < 8 ? dayjs().hour(9) : dayjs().add(1, "day").hour(9);
  const spans: [string, dayjs.Dayjs][] = [
    [i18n.t("15 minutes"), dayjs().add(15, "minute")],
    [i18n.t("30 minutes"), dayjs().add(30, "minute")],
    [i18n.t("1 hour"), dayjs().add(1, "hour")],
    [i18n.t("4 hours"), dayjs().add(4, "hour")],
    [i18n.t("Until {at}", { at: morning.startOf("hour").format("ddd HH:mm") }), morning.startOf("hour")],
  ];
  const until = (there: dayjs.Dayjs) => run({ verb: "snooze", with: { until: there.toISOString() } });
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {i18n.t("Nobody is called until then. If it is still open, it triggers again.")}
      </Text>
      {spans.map(([words, there], index) => (
        <Button
          key={words}
          variant="default"
          size="sm"
          justify="space-between"
          data-autofocus={index === 1 || undefined}
          rightSection={
            <Text size="xs" c="dimmed">
              {there.format("HH:mm")}
            </Text>
          }
          onClick={() => until(there)}
        >
          {words}
        </Button>
      ))}
      <Group align="flex-end" gap="xs">
        <MomentField label={i18n.t("Or until")} value={at} onChange={setAt} />
        <Button size="sm" disabled={!at} onClick={() => until(dayjs(at))}>
          {i18n.t("Snooze")}
        </Button>
      </Group>
    </Stack>
  );
}

function Reassign({ run }: Form) {
  const { users, ladders, onCall } = useNames();
  const [to, setTo] = useState<string | null>(null);
  const person = (one: { id: string; name: string }) => ({
    value: `user:${one.id}`,
    label: onCall.has(one.id) ? i18n.t("{name} · on call now", { name: one.name }) : one.name,
  });
  const give = () => {
    const [kind, id = ""] = (to ?? "").split(":", 2);
    run({ verb: "reassign", with: kind === "user" ? { user: id } : { ladder: id } });
  };
  return (
    <Stack gap="sm">
      <Select
        data-autofocus
        searchable
        label={i18n.t("Give it to")}
        description={i18n.t("Who gets it is called now.")}
        placeholder={i18n.t("A person or a ladder")}
        value={to}
        onChange={setTo}
        data={[
          { group: i18n.t("People"), items: users.map(person) },
          {
            group: i18n.t("Escalation ladders"),
            items: ladders.map((one) => ({ value: `ladder:${one.id}`, label: one.name })),
          },
        ]}
      />
      <Group justify="flex-end">
        <Button size="sm" disabled={!to} onClick={give}>
          {i18n.t("Reassign")}
        </Button>
      </Group>
    </Stack>
  );
}

function Merge({ rows, run }: Form & { rows: Row[] }) {
  const oldest = [...rows].sort((a, b) => a.opened_at.localeCompare(b.opened_at))[0];
  const [into, setInto] = useState<string | null>(rows.length > 1 ? (oldest?.id ?? null) : null);
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text, 150);
  const { data } = useGet("/api/v1/incidents", { query: { status: "open", q, limit: 30 }, when: rows.length === 1 });
  const others = (data?.items ?? []).filter((one) => one.id !== rows[0]?.id);
  return (
    <Stack gap="sm">
      {rows.length > 1 ? (
        <Radio.Group label={i18n.t("Into which one")} value={into} onChange={setInto}>
          <Stack gap={6} mt={6}>
            {rows.map((row) => (
              <Radio
                key={row.id}
                data-autofocus={row.id === into || undefined}
                value={row.id}
                label={`${row.id} ${row.title}`}
              />
            ))}
          </Stack>
        </Radio.Group>
      ) : (
        <Select
          data-autofocus
          searchable
          label={i18n.t("Into which one")}
          placeholder={i18n.t("INC-12 or words of its title")}
          searchValue={text}
          onSearchChange={setText}
          filter={({ options }) => options}
          nothingFoundMessage={i18n.t("No other open incident")}
          value={into}
          onChange={setInto}
          data={others.map((one) => ({ value: one.id, label: `${one.id} ${one.title}` }))}
        />
      )}
      <Text size="sm" c="dimmed">
        {i18n.t("Its alerts move there and it ends. This cannot be undone.")}
      </Text>
      <Group justify="flex-end">
        <Button size="sm" disabled={!into} onClick={() => into && run({ verb: "merge", with: { into } })}>
          {i18n.t("Merge")}
        </Button>
      </Group>
    </Stack>
  );
}

function Helper({ row, close }: { row: Row | undefined; close: () => void }) {
  const { users, teams, onCall } = useNames();
  const [to, setTo] = useState<string | null>(null);
  const [text, setText] = useState("");
  const call = async () => {
    if (!row || !to) return;
    const [kind, id = ""] = to.split(":", 2);
    const body = { user: kind === "user" ? id : "", team: kind === "team" ? id : "", text: text.trim() };
    try {
      await post("/api/v1/incidents/{incident_id}/page", { path: { incident_id: row.id }, body });
      done(i18n.t("Called. You still have {which}.", { which: row.id }));
      close();
    } catch (fault) {
      refused(fault);
    }
    refresh("/api/v1/incidents");
  };
  return (
    <Stack gap="sm">
      <Select
        data-autofocus
        searchable
        label={i18n.t("Who shall help")}
        description={i18n.t("They are called; the incident stays with whoever has it.")}
        placeholder={i18n.t("A person or a team")}
        value={to}
        onChange={setTo}
        data={[
          {
            group: i18n.t("People"),
            items: users.map((one) => ({
              value: `user:${one.id}`,
              label: onCall.has(one.id) ? i18n.t("{name} · on call now", { name: one.name }) : one.name,
            })),
          },
          { group: i18n.t("Teams"), items: teams.map((one) => ({ value: `team:${one.id}`, label: one.name })) },
        ]}
      />
      <Textarea
        label={i18n.t("What you need")}
        placeholder={i18n.t("It travels in the page")}
        autosize
        minRows={2}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button size="sm" disabled={!to} onClick={() => void call()}>
          {i18n.t("Page them")}
        </Button>
      </Group>
    </Stack>
  );
}
