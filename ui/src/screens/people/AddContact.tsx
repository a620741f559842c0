/** Add a way to reach a person: e-mail, webhook, another service by its Apprise URL, or this browser. */
import { Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { post } from "../../api/client";
import { useMe } from "../../api/me";
import { useChange } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { Fault } from "../../parts/marks";
import { channelWord } from "../../words";
import css from "./people.module.css";
import { addThisBrowser, browserName, hindrance, hindranceWords } from "./push";

const CHANNELS = ["webpush", "email", "webhook", "apprise"];

function hints(channel: string): { label: string; place: string; words: string } {
  if (channel === "email")
    return {
      label: i18n.t("Address"),
      place: "ann@example.org",
      words: i18n.t("A code is sent there to prove that it arrives."),
    };
  if (channel === "webhook")
    return {
      label: "URL",
      place: "https://example.org/hook",
      words: i18n.t("Each page is posted as JSON, signed by Standard Webhooks."),
    };
  return {
    label: i18n.t("Apprise URL"),
    place: "tgram://token/chat",
    words: i18n.t("Telegram, Slack, DingTalk, WeCom, Feishu, Bark, ntfy, SMS gateways: more than 100 services."),
  };
}

export function AddContact({ user, close }: { user: string; close: () => void }) {
  const me = useMe();
  const isSelf = me.user.id === user;
  const channels = isSelf ? CHANNELS : CHANNELS.slice(1);
  const [channel, setChannel] = useState(channels[0] ?? "email");
  const isNarrow = useMediaQuery("(max-width: 700px)");
  return (
    <Modal opened onClose={close} title={i18n.t("Add a contact point")} size="lg">
      <Stack>
        <SegmentedControl
          fullWidth
          orientation={isNarrow ? "vertical" : "horizontal"}
          aria-label={i18n.t("Kind of contact point")}
          value={channel}
          onChange={setChannel}
          data={channels.map((value) => ({ value, label: channelWord(value) }))}
        />
        {channel === "webpush" ? (
          <Browser user={user} close={close} />
        ) : (
          <Address key={channel} user={user} channel={channel} close={close} />
        )}
      </Stack>
    </Modal>
  );
}

function Address({ user, channel, close }: { user: string; channel: string; close: () => void }) {
  const [address, setAddress] = useState("");
  const [label, setLabel] = useState("");
  const { label: words, place, words: hint } = hints(channel);
  const add = useChange(
    () => post("/api/v1/users/{user_id}/contacts", { path: { user_id: user }, body: { channel, address, label } }),
    "/api/v1/users",
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(undefined, {
          onSuccess: () => {
            done(i18n.t("Added. A code is on its way; enter it to verify."));
            close();
          },
        });
      }}
    >
      <TextInput
        data-autofocus
        required
        type={channel === "email" ? "email" : "text"}
        label={words}
        description={hint}
        inputWrapperOrder={["label", "input", "description"]}
        placeholder={place}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value.trim())}
      />
      <TextInput
        mt="sm"
        label={i18n.t("Called")}
        placeholder={channelWord(channel)}
        maxLength={80}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <Fault problem={add.error} />
      <Group justify="flex-end" mt="md">
        <Button type="submit" disabled={!address} loading={add.isPending}>
          {i18n.t("Add")}
        </Button>
      </Group>
    </form>
  );
}

function Browser({ user, close }: { user: string; close: () => void }) {
  const [label, setLabel] = useState(browserName);
  const why = hindrance();
  const add = useChange(() => addThisBrowser(user, label), "/api/v1/users");
  return (
    <>
      <Text size="sm">
        {i18n.t(
          "Pages appear as notifications of this browser, also when no tab of Tocsin is open. No code is needed.",
        )}
      </Text>
      {why && <p className={css.warning}>{hindranceWords(why)}</p>}
      <TextInput
        label={i18n.t("Called")}
        maxLength={80}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button
          disabled={why !== ""}
          loading={add.isPending}
          onClick={() =>
            add.mutate(undefined, {
              onSuccess: () => {
                done(i18n.t("This browser can be paged now. Send it a test."));
                close();
              },
              // What the browser forbids stands above the field by now.
              onError: (fault) => (hindrance() ? undefined : refused(fault)),
            })
          }
        >
          {i18n.t("Add this browser")}
        </Button>
      </Group>
    </>
  );
}
