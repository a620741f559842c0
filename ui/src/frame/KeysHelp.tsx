import { Modal, Switch, Text } from "@mantine/core";
import { i18n } from "../i18n";
import { refused } from "../parts/acts";
import { prefer, useOwn } from "../preferences";
import css from "./Frame.module.css";
import { validKeys } from "./keys";

const SHOWN: Record<string, string> = {
  "ctrl+k": "Ctrl K / ⌘ K",
  "ctrl+a": "Ctrl A",
  Escape: "Esc",
  Enter: "↵",
  "shift+j": "⇧ J",
};

/** The keys valid here, and the switch that turns single keys off. */
export function KeysHelp({ opened, close }: { opened: boolean; close: () => void }) {
  const { keys_enabled: on } = useOwn();
  return (
    <Modal opened={opened} onClose={close} title={i18n.t("The keys valid here")}>
      <Switch
        mb="md"
        label={i18n.t("Single keys act")}
        checked={on}
        onChange={(event) => void prefer({ keys_enabled: event.currentTarget.checked }).catch(refused)}
      />
      <div className={css.keys}>
        {opened && validKeys().map(([key, words]) => <KeyLine key={key} name={SHOWN[key] ?? key} words={words} />)}
      </div>
      <Text size="xs" c="dimmed" mt="md">
        {i18n.t("Keys do nothing while you type.")}
      </Text>
    </Modal>
  );
}

function KeyLine({ name, words }: { name: string; words: string }) {
  return (
    <>
      <kbd>{name}</kbd>
      <span>{words}</span>
    </>
  );
}
