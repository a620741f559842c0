/** API keys: what a program says instead of a password. */
import { Button, Checkbox, CopyButton, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconCopy, IconPlus } from "@tabler/icons-react";
import dayjs from "dayjs";
import { useState } from "react";
import { post, remove, type Schemas } from "../../api/client";
import { useMay, useMe } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { useKeys } from "../../frame/keys";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { Ago, Card, Code, Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { useParamsOfUrl } from "../../parts/url";
import { listed } from "../../words";
import { permissionWord } from "./Roles";
import css from "./setup.module.css";

type Key = Schemas["KeyShown"];
const KEYS = "/api/v1/users/{user_id}/keys";

export function Keys() {
  const me = useMe();
  const administers = useMay("administer");
  const [params, set] = useParamsOfUrl();
  const user = params.user || me.user.id;
  const [making, setMaking] = useState(params.new === "1");
  const { data, error, refetch } = useGet(KEYS, { path: { user_id: user } });
  const { data: people } = useGet("/api/v1/users", { query: { limit: 500 }, when: administers });
  useKeys({ n: [i18n.t("Make a key"), () => setMaking(true)] });
  const make = (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setMaking(true)}>
      {i18n.t("Make a key")}
    </Button>
  );
  return (
    <Page title={i18n.t("API keys")} acts={make}>
      {administers && (
        <NativeSelect
          mb="sm"
          maw={260}
          aria-label={i18n.t("Whose keys")}
          value={user}
          onChange={(event) => set({ user: event.currentTarget.value === me.user.id ? "" : event.currentTarget.value })}
          data={(people?.items ?? [me.user]).map((one) => ({
            value: one.id,
            label: one.id === me.user.id ? i18n.t("My keys") : one.spec.name,
          }))}
        />
      )}
      <Fault problem={error} retry={() => void refetch()} />
      {!data && !error && <Waiting rows={3} />}
      {data && data.items.length === 0 && (
        <Empty title={i18n.t("No keys yet")} action={make}>
          {i18n.t("A key lets a program, the command line or a CI job act as you, with as few rights as you give it.")}
        </Empty>
      )}
      {data && data.items.length > 0 && (
        <Card>
          <ul className={css.rows}>
            {data.items.map((one) => (
              <KeyRow key={one.id} user={user} one={one} />
            ))}
          </ul>
        </Card>
      )}
      {making && <MakeKey user={user} close={() => setMaking(false)} />}
    </Page>
  );
}

function KeyRow({ user, one }: { user: string; one: Key }) {
  const [asking, setAsking] = useState(false);
  const revoke = useChange(() => remove(`${KEYS}/{key_id}`, { path: { user_id: user, key_id: one.id } }), KEYS);
  return (
    <li className={css.keyRow}>
      <span>
        <b>{one.label}</b> <Code>{one.id}</Code>
      </span>
      <small>{one.scopes.length ? listed(one.scopes.map(permissionWord)) : i18n.t("all rights of its person")}</small>
      <small>
        {i18n.t("made")} <Ago at={one.added_at} />
      </small>
      <small>
        {one.used_at ? (
          <>
            {i18n.t("used")} <Ago at={one.used_at} />
          </>
        ) : (
          i18n.t("never used")
        )}
      </small>
      <small>
        {one.expires_at ? (
          <>
            {i18n.t("ends")} <Ago at={one.expires_at} />
          </>
        ) : (
          i18n.t("never ends")
        )}
      </small>
      <Button
        variant="default"
        onClick={() => setAsking(true)}
        aria-label={i18n.t("Revoke {name}", { name: one.label })}
      >
        {i18n.t("Revoke")}
      </Button>
      <Sure
        opened={asking}
        title={i18n.t("Revoke {name}?", { name: one.label })}
        verb={i18n.t("Revoke")}
        onNo={() => setAsking(false)}
        onYes={() =>
          revoke.mutate(undefined, {
            onSuccess: () => done(i18n.t("{name} is revoked", { name: one.label })),
            onError: refused,
          })
        }
      >
        {i18n.t("Whatever uses it is refused from now on. A revoked key cannot be brought back.")}
      </Sure>
    </li>
  );
}

const DAYS = ["30", "90", "365", ""];

function MakeKey({ user, close }: { user: string; close: () => void }) {
  const [label, setLabel] = useState("");
  const [days, setDays] = useState("90");
  const [scopes, setScopes] = useState<string[]>([]);
  const { data: roles } = useGet("/api/v1/roles");
  const { data: owner } = useGet("/api/v1/users/{user_id}", { path: { user_id: user } });
  const role = owner?.spec.role ?? "";
  const make = useChange(
    () =>
      post(KEYS, {
        path: { user_id: user },
        body: { label, scopes, expires_at: days ? dayjs().add(Number(days), "day").toISOString() : null },
      }),
    KEYS,
  );
  if (make.data)
    return (
      <Modal opened onClose={close} title={i18n.t("Key {name}", { name: label })} closeOnClickOutside={false}>
        <Stack gap="sm">
          <Text size="sm">{i18n.t("This is the only time the key is shown. Put it where it belongs now.")}</Text>
          <div className={css.token}>{make.data.token}</div>
          <Group justify="space-between">
            <CopyButton value={make.data.token ?? ""}>
              {({ copied, copy }) => (
                <Button leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />} onClick={copy}>
                  {copied ? i18n.t("Copied") : i18n.t("Copy the key")}
                </Button>
              )}
            </CopyButton>
            <Button variant="default" onClick={close}>
              {i18n.t("I have it")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    );
  return (
    <Modal opened onClose={close} title={i18n.t("Make a key")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={i18n.t("What it is for")}
            placeholder={i18n.t("Deploy job")}
            maxLength={80}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <NativeSelect
            label={i18n.t("Good for")}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
            data={DAYS.map((value) => ({
              value,
              label: value ? i18n.t("{days} days", { days: value }) : i18n.t("always (think twice)"),
            }))}
          />
          <Checkbox.Group
            label={i18n.t("What it may do")}
            description={i18n.t("None chosen: everything its person may do")}
            value={scopes}
            onChange={setScopes}
          >
            <Stack gap={8} mt={6}>
              {roles?.permissions
                .filter((one) => one.roles.includes(role) || one.name === "self")
                .map((one) => (
                  <Checkbox
                    key={one.name}
                    value={one.name}
                    label={permissionWord(one.name)}
                    description={one.meaning}
                  />
                ))}
            </Stack>
          </Checkbox.Group>
          <Fault problem={make.error} />
          <Group justify="flex-end">
            <Button type="submit" disabled={!label.trim()} loading={make.isPending}>
              {i18n.t("Make the key")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
