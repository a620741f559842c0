/** Make a person, and the link by which they set their password. */
import { Button, Group, Modal, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { post, type Schemas, send, url } from "../../api/client";
import { useMe } from "../../api/me";
import { useChange } from "../../api/query";
import { i18n } from "../../i18n";
import { slugOf } from "../../parts/ids";
import { Ago, Copy, Fault } from "../../parts/marks";
import { roleWord } from "../../words";
import css from "./people.module.css";

type Invitation = Schemas["InvitationShown"];

export const inviteLink = (user: string): Promise<Invitation> =>
  post("/api/v1/users/{user_id}/invite", { path: { user_id: user }, body: { lifetime_s: 7 * 86_400 } });

export function InvitationLink({ invitation, name }: { invitation: Invitation; name: string }) {
  return (
    <Stack gap="xs">
      <Text size="sm">
        {i18n.t("Send this link to {name} and to nobody else. Whoever opens it sets the password, once.", { name })}
      </Text>
      <div className={css.token}>{invitation.url}</div>
      <Group justify="space-between">
        <Copy text={invitation.url} label={i18n.t("Copy the link")} />
        <Text size="xs" c="dimmed">
          {i18n.t("Good until")} <Ago at={invitation.expires_at} />
        </Text>
      </Group>
    </Stack>
  );
}

type Draft = { name: string; id: string; email: string; role: string; language: string };

export function Invite({ close }: { close: () => void }) {
  const zone = useMe().user.spec.zone;
  const [draft, setDraft] = useState<Draft>({ name: "", id: "", email: "", role: "responder", language: i18n.locale });
  const [own, setOwn] = useState(false);
  const patch = (some: Partial<Draft>) => setDraft((before) => ({ ...before, ...some }));
  const make = useChange(async ({ id, ...spec }: Draft) => {
    await send("PUT", url("/api/v1/users/{id}", { id }), {
      body: { ...spec, zone },
      headers: { "if-none-match": "*" },
    });
    return inviteLink(id);
  }, "/api/v1/users");
  return (
    <Modal opened onClose={close} title={i18n.t("Invite a person")} size="lg">
      {make.data ? (
        <Stack>
          <InvitationLink invitation={make.data} name={draft.name} />
          <Group justify="flex-end">
            <Button variant="default" component={Link} to={`/people/${draft.id}`} onClick={close}>
              {i18n.t("Open {name}", { name: draft.name })}
            </Button>
            <Button onClick={close}>{i18n.t("Done")}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate(draft);
          }}
        >
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              data-autofocus
              required
              label={i18n.t("Full name")}
              value={draft.name}
              onChange={(event) => {
                const name = event.currentTarget.value;
                patch(own ? { name } : { name, id: slugOf(name) });
              }}
            />
            <TextInput
              required
              label={i18n.t("Log-in name")}
              description={i18n.t("Small letters, digits and dashes; stays for good")}
              inputWrapperOrder={["label", "input", "description"]}
              value={draft.id}
              onChange={(event) => {
                setOwn(true);
                patch({ id: event.currentTarget.value });
              }}
            />
            <TextInput
              label={i18n.t("E-mail")}
              type="email"
              value={draft.email}
              onChange={(event) => patch({ email: event.currentTarget.value })}
            />
            <NativeSelect
              label={i18n.t("Role")}
              value={draft.role}
              onChange={(event) => patch({ role: event.currentTarget.value })}
              data={["responder", "admin", "stakeholder"].map((value) => ({ value, label: roleWord(value) }))}
            />
            <NativeSelect
              label={i18n.t("Language")}
              value={draft.language}
              onChange={(event) => patch({ language: event.currentTarget.value })}
              data={[
                { value: "en", label: "English" },
                { value: "zh", label: "中文" },
              ]}
            />
          </SimpleGrid>
          <Fault problem={make.error} />
          <Group justify="flex-end" mt="md">
            <Button type="submit" disabled={!draft.name || !draft.id} loading={make.isPending}>
              {i18n.t("Make an invitation link")}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
