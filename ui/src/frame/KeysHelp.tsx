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

/** The keys valid here: the screen's own first, then everybody's, then the places; and the switch that turns single keys off. */
export function KeysHelp({ opened, close }: { opened: boolean; close: () => void }) {
  const { keys_enabled: on } = useOwn();
  const { here, everywhere } = opened ? validKeys() : { here: [], everywhere: [] };
  const isPlace = ([key]: [string, string]) => key.startsWith("g ");
  return (
    <Modal opened={opened} onClose={close} title={i18n.t("The keys valid here")}>
      <Switch
        mb="md"
        label={i18n.t("Single keys act")}
        checked={on}
        onChange={(event) => void prefer({ keys_enabled: event.currentTarget.checked }).catch(refused)}
      />
      <Group title={i18n.t("On this screen")} keys={here} />
      <Group title={i18n.t("Everywhere")} keys={everywhere.filter((one) => !isPlace(one))} />
      <Group title={i18n.t("Go to")} keys={everywhere.filter(isPlace)} />
      <Text size="xs" c="dimmed" mt="md">
        {i18n.t("Keys do nothing while you type.")}
      </Text>
    </Modal>
  );
}

function Group({ title, keys }: { title: string; keys: [string, string][] }) {
  if (keys.length === 0) return null;
  return (
    <section>
      <h3 className={css.keysOf}>{title}</h3>
      <div className={css.keys}>
        {keys.map(([key, words]) => (
          <KeyLine key={key} name={SHOWN[key] ?? key} words={words} />
        ))}
      </div>
    </section>
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
