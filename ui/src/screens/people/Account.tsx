/** What a person sets about themselves, and what an administrator sets about them. */
import { Button, Group, Modal, NativeSelect, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { put, remove, type Schemas } from "../../api/client";
import { useMay, useMe } from "../../api/me";
import { useChange } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { Card, Facts, Fault } from "../../parts/marks";
import { prefer } from "../../preferences";
import { roleWord } from "../../words";
import { InvitationLink, inviteLink } from "./Invite";
import { zones } from "./words";

type User = Schemas["UserShown"];
type Spec = Schemas["UserSpec"];
const USER = "/api/v1/users/{user_id}";
const LANGUAGES = [
  { value: "en", label: "English" },
  { value: "zh", label: "中文" },
];

const putUser = (id: string, body: Spec) => put(USER, { path: { user_id: id }, body });

export function Account({ user, mayChange }: { user: User; mayChange: boolean }) {
  const [editing, setEditing] = useState(false);
  const [password, setPassword] = useState(false);
  return (
    <Card
      title={i18n.t("About")}
      action={
        mayChange && (
          <Button variant="default" onClick={() => setEditing(true)}>
            {i18n.t("Change")}
          </Button>
        )
      }
    >
      <Facts
        facts={[
          [i18n.t("Log-in name"), user.id],
          [i18n.t("Role"), roleWord(user.spec.role ?? "")],
          [i18n.t("E-mail"), user.spec.email],
          [i18n.t("Language"), LANGUAGES.find((one) => one.value === user.spec.language)?.label],
          [i18n.t("Time zone"), user.spec.zone],
          [i18n.t("Password"), user.has_password ? i18n.t("set") : i18n.t("none yet")],
        ]}
      />
      {mayChange && user.active && (
        <Stack gap={6} mt="md">
          <Button variant="default" onClick={() => setPassword(true)}>
            {user.has_password ? i18n.t("Change the password") : i18n.t("Set a password")}
          </Button>
          <Administration user={user} />
        </Stack>
      )}
      {mayChange && !user.active && <BackIn user={user} />}
      {editing && <Edit user={user} close={() => setEditing(false)} />}
      {password && <Password user={user} close={() => setPassword(false)} />}
    </Card>
  );
}

function Edit({ user, close }: { user: User; close: () => void }) {
  const administers = useMay("administer");
  const isSelf = useMe().user.id === user.id;
  const [spec, setSpec] = useState(user.spec);
  const patch = (some: Partial<Spec>) => setSpec((before) => ({ ...before, ...some }));
  const write = (wanted: typeof spec) =>
    administers
      ? putUser(user.id, wanted)
      : put("/api/v1/users/{user_id}/preferences", {
          path: { user_id: user.id },
          body: { name: wanted.name, language: wanted.language, zone: wanted.zone },
        });
  const keep = useChange(write as (wanted: typeof spec) => Promise<unknown>, "/api/v1/users", "/api/v1/me");
  const submit = () =>
    keep.mutate(spec, {
      onSuccess: () => {
        close();
        if (isSelf && spec.language !== i18n.locale)
          void prefer({ language: spec.language as "en" | "zh" }).catch(refused);
        done(i18n.t("Saved"), () => write({ ...spec, ...user.spec }));
      },
    });
  return (
    <Modal opened onClose={close} title={i18n.t("About {name}", { name: user.spec.name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={i18n.t("Full name")}
            value={spec.name}
            onChange={(event) => patch({ name: event.currentTarget.value })}
          />
          {administers && (
            <>
              <TextInput
                type="email"
                label={i18n.t("E-mail")}
                value={spec.email}
                onChange={(event) => patch({ email: event.currentTarget.value })}
              />
              <NativeSelect
                label={i18n.t("Role")}
                value={spec.role}
                onChange={(event) => patch({ role: event.currentTarget.value })}
                data={["admin", "responder", "stakeholder"].map((value) => ({ value, label: roleWord(value) }))}
              />
            </>
          )}
          <NativeSelect
            label={i18n.t("Language")}
            value={spec.language}
            onChange={(event) => patch({ language: event.currentTarget.value })}
            data={LANGUAGES}
          />
          <Select
            searchable
            label={i18n.t("Time zone")}
            value={spec.zone}
            limit={50}
            onChange={(zone) => patch({ zone: zone ?? "UTC" })}
            data={zones()}
          />
          <Fault problem={keep.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={keep.isPending}>
              {i18n.t("Save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Password({ user, close }: { user: User; close: () => void }) {
  const administers = useMay("administer");
  const isSelf = useMe().user.id === user.id;
  const [password, setPassword] = useState("");
  const [current, setCurrent] = useState("");
  const keep = useChange(
    () => put("/api/v1/users/{user_id}/password", { path: { user_id: user.id }, body: { password, current } }),
    "/api/v1/users",
  );
  const submit = () =>
    keep.mutate(undefined, {
      onSuccess: () => {
        if (isSelf) location.assign("/login?next=/people/me");
        else done(i18n.t("Password set. Their sessions have ended."));
        close();
      },
    });
  return (
    <Modal opened onClose={close} title={i18n.t("New password for {name}", { name: user.spec.name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          {user.has_password && !administers && (
            <PasswordInput
              data-autofocus
              required
              label={i18n.t("Current password")}
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          )}
          <PasswordInput
            required
            label={i18n.t("New password")}
            description={i18n.t("All sessions end; one logs in anew.")}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Fault problem={keep.error} />
          <Group justify="flex-end">
            <Button type="submit" disabled={!password} loading={keep.isPending}>
              {i18n.t("Set the password")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Administration({ user }: { user: User }) {
  const administers = useMay("administer");
  const isSelf = useMe().user.id === user.id;
  const [leaving, setLeaving] = useState(false);
  const invite = useChange(() => inviteLink(user.id));
  const drop = useChange(() => remove(USER, { path: { user_id: user.id } }), "/api/v1/users", "/api/v1/teams");
  if (!administers || isSelf) return null;
  const name = user.spec.name;
  return (
    <>
      <Button
        variant="default"
        loading={invite.isPending}
        onClick={() => invite.mutate(undefined, { onError: refused })}
      >
        {i18n.t("Make an invitation link")}
      </Button>
      <Button variant="default" onClick={() => setLeaving(true)}>
        {i18n.t("Deactivate…")}
      </Button>
      <Modal opened={invite.data !== undefined} onClose={invite.reset} title={i18n.t("Invitation of {name}", { name })}>
        {invite.data && <InvitationLink invitation={invite.data} name={name} />}
      </Modal>
      <Sure
        opened={leaving}
        title={i18n.t("Deactivate {name}?", { name })}
        typed={user.id}
        verb={i18n.t("Deactivate")}
        onNo={() => setLeaving(false)}
        onYes={() => {
          setLeaving(false);
          drop.mutate(undefined, {
            onSuccess: () => done(i18n.t("{name} is deactivated", { name }), () => putUser(user.id, user.spec)),
            onError: refused,
          });
        }}
      >
        {i18n.t(
          "They are logged out, leave their teams and are paged no more. Schedules that name them have a gap until they are changed. What they did stays in the journal.",
        )}
      </Sure>
    </>
  );
}

function BackIn({ user }: { user: User }) {
  const administers = useMay("administer");
  const back = useChange(() => putUser(user.id, user.spec), "/api/v1/users");
  if (!administers) return null;
  return (
    <Button
      mt="md"
      variant="default"
      loading={back.isPending}
      onClick={() => back.mutate(undefined, { onError: refused })}
    >
      {i18n.t("Activate again")}
    </Button>
  );
}
