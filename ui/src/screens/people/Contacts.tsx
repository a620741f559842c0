/** The contact points of a person: do they work, when did one last arrive, and a test of each with its receipt. */
import { ActionIcon, Button, Group, Menu } from "@mantine/core";
import {
  IconBrandChrome,
  IconDots,
  IconInbox,
  IconMail,
  IconPlus,
  IconSend,
  IconTrash,
  IconWebhook,
  IconWorldShare,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { get, post, remove, type Schemas } from "../../api/client";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { Receipt } from "../../parts/MessageState";
import { Ago, Card, Copy, Fault, Waiting } from "../../parts/marks";
import { Reason } from "../../parts/Reason";
import { channelWord } from "../../words";
import { AddContact } from "./AddContact";
import css from "./people.module.css";
import { ReachState } from "./Reach";
import { Verify } from "./Verify";

type Contact = Schemas["ContactShown"];
type Reach = Schemas["ContactReach"];

const ICONS: Record<string, typeof IconMail> = {
  email: IconMail,
  webhook: IconWebhook,
  apprise: IconWorldShare,
  webpush: IconBrandChrome,
  mailbox: IconInbox,
};

const CONTACTS = "/api/v1/users/{user_id}/contacts";
const REACH = "/api/v1/users/{user_id}/reachability";

export function ChannelIcon({ channel }: { channel: string }) {
  const Icon = ICONS[channel] ?? IconWorldShare;
  return <Icon size={17} stroke={1.7} aria-hidden="true" />;
}

export function contactName(contact: { label: string; channel: string }): string {
  return contact.label && contact.label !== contact.channel ? contact.label : channelWord(contact.channel);
}

export function Contacts({ user, mayChange }: { user: string; mayChange: boolean }) {
  const [adding, setAdding] = useState(false);
  const { data, error, refetch } = useGet(CONTACTS, { path: { user_id: user }, when: mayChange });
  const { data: reach } = useGet(REACH, { path: { user_id: user } });
  const add = mayChange && (
    <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
      {i18n.t("Add")}
    </Button>
  );
  const of = (id: string) => reach?.contacts.find((one) => one.id === id);
  return (
    <Card title={i18n.t("Contact points")} action={add}>
      <Fault problem={error} retry={() => void refetch()} />
      {mayChange && !data && !error && <Waiting rows={2} />}
      {reach && !reach.is_reachable && (
        <p className={css.warning} role="status">
          {mayChange
            ? reach.contacts.some((one) => one.verified)
              ? i18n.t("None of these gets through now. Mend one and test it.")
              : i18n.t("Nothing here can wake anybody. Add a contact point and test it.")
            : i18n.t("Pages to this person reach the mailbox only.")}
        </p>
      )}
      <ul className={css.contacts}>
        {mayChange && <MailboxRow user={user} />}
        {data?.items.map((one) => (
          <ContactRow key={one.id} user={user} contact={one} reach={of(one.id)} />
        ))}
        {!mayChange &&
          reach?.contacts.map((one) => (
            <Row key={one.id} channel={one.kind} name={channelWord(one.kind)} state={one.state} reach={one} />
          ))}
      </ul>
      {adding && <AddContact user={user} close={() => setAdding(false)} />}
    </Card>
  );
}

function Row({
  channel,
  name,
  address = "",
  state,
  reach,
  acts,
  isTested = false,
  children,
}: {
  channel: string;
  name: string;
  address?: string;
  state: string;
  reach?: Reach;
  acts?: ReactNode;
  /** A test's receipt stands below: it says how it went, what went wrong before is not said again. */
  isTested?: boolean;
  children?: ReactNode;
}) {
  return (
    <li className={css.contact}>
      <div className={css.line}>
        <ChannelIcon channel={channel} />
        <div className={css.contactName}>
          <b>{name}</b>
          {address && address !== "•••" && <span>{address}</span>}
        </div>
        <div className={css.contactState}>
          <ReachState state={state} />
          {reach?.last_ok_at && (
            <small>
              {i18n.t("Last arrived")} <Ago at={reach.last_ok_at} />
            </small>
          )}
        </div>
        <Group gap={6} wrap="nowrap" className={css.contactActs}>
          {acts}
        </Group>
      </div>
      {!isTested && reach?.last_words && (state === "failing" || (state === "unverified" && channel === "webpush")) && (
        <Reason words={reach.last_words} mend={reach.last_mend} said={reach.last_said} />
      )}
      {children}
    </li>
  );
}

function useTest(user: string, contact: string) {
  const [message, setMessage] = useState("");
  const test = useChange(
    () =>
      post("/api/v1/users/{user_id}/contacts/{contact_id}/test", {
        path: { user_id: user, contact_id: contact },
      } as never) as Promise<Schemas["Sent"]>,
    REACH,
    "/api/v1/messages",
  );
  const run = () => test.mutate(undefined, { onSuccess: (sent) => setMessage(sent.id), onError: refused });
  return { message, run, isPending: test.isPending };
}

function TestButton({ name, test }: { name: string; test: ReturnType<typeof useTest> }) {
  return (
    <Button
      variant="default"
      leftSection={<IconSend size={14} />}
      loading={test.isPending}
      onClick={test.run}
      aria-label={i18n.t("Send a test to {name}", { name })}
    >
      {i18n.t("Test")}
    </Button>
  );
}

function MailboxRow({ user }: { user: string }) {
  const test = useTest(user, "mailbox");
  const name = i18n.t("Mailbox");
  return (
    <Row
      channel="mailbox"
      name={name}
      address={i18n.t("always there, in Tocsin itself")}
      state="ok"
      acts={<TestButton name={name} test={test} />}
    >
      {test.message && <Receipt message={test.message} name={name} />}
    </Row>
  );
}

function ContactRow({ user, contact, reach }: { user: string; contact: Contact; reach?: Reach }) {
  const place = { user_id: user, contact_id: contact.id };
  const test = useTest(user, contact.id);
  const [leaving, setLeaving] = useState(false);
  const [secret, setSecret] = useState("");
  const name = contactName(contact);
  const drop = useChange(
    () => remove("/api/v1/users/{user_id}/contacts/{contact_id}", { path: place }),
    "/api/v1/users",
  );
  const showSecret = () =>
    get("/api/v1/users/{user_id}/contacts/{contact_id}/secret", { path: place }).then(
      (found) => setSecret(found.secret),
      refused,
    );
  const menu = (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={30} aria-label={i18n.t("More about {name}", { name })}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {contact.channel === "webhook" && (
          <Menu.Item onClick={() => void showSecret()}>{i18n.t("Show the signing secret")}</Menu.Item>
        )}
        <Menu.Item leftSection={<IconTrash size={14} />} onClick={() => setLeaving(true)}>
          {i18n.t("Remove…")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <Row
      channel={contact.channel}
      name={name}
      address={contact.address}
      state={reach?.state ?? (contact.verified ? "never" : "unverified")}
      reach={reach}
      isTested={test.message !== ""}
      acts={
        <>
          {contact.verified && <TestButton name={name} test={test} />}
          {menu}
        </>
      }
    >
      {!contact.verified && <Verify user={user} contact={contact} />}
      {test.message && <Receipt message={test.message} name={name} />}
      {secret && (
        <div className={css.secret}>
          <div className={css.token}>{secret}</div>
          <Copy text={secret} />
        </div>
      )}
      <Sure
        opened={leaving}
        title={i18n.t("Remove {name}?", { name })}
        verb={i18n.t("Remove")}
        onNo={() => setLeaving(false)}
        onYes={() =>
          drop.mutate(undefined, { onSuccess: () => done(i18n.t("{name} removed", { name })), onError: refused })
        }
      >
        {i18n.t("Rules that use it fall silent. To have it back, it must be verified anew.")}
      </Sure>
    </Row>
  );
}
