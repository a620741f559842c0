import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Problem } from "../api/client";
import { refresh } from "../api/query";
import { i18n } from "../i18n";
import { done } from "./acts";
import { Fault } from "./marks";

/** The dialog that makes or changes a thing with a name: the name, then `children`, then save with undo. */
export function ThingForm({
  title,
  name,
  rename,
  save,
  back,
  touches,
  close,
  children,
}: {
  title: string;
  name: string;
  rename: (name: string) => void;
  save: () => Promise<unknown>;
  /** Undoes the saving; left out where that cannot be. */
  back?: () => Promise<unknown>;
  /** The paths that are read again after the saving and after its undoing. */
  touches: string[];
  close: () => void;
  children: ReactNode;
}) {
  const [fault, setFault] = useState<Problem | null>(null);
  const submit = async () => {
    try {
      await save();
      done(i18n.t("{name} is saved", { name }), back && (() => back().finally(() => refresh(...touches))));
      close();
    } catch (refusal) {
      setFault(refusal as Problem);
    }
    refresh(...touches);
  };
  return (
    <Modal opened onClose={close} title={title}>
      <Stack gap="sm">
        <TextInput
          data-autofocus
          label={i18n.t("Name")}
          value={name}
          onChange={(event) => rename(event.currentTarget.value)}
        />
        {children}
        <Fault problem={fault} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {i18n.t("Cancel")}
          </Button>
          <Button disabled={!name.trim()} onClick={() => void submit()}>
            {i18n.t("Save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
