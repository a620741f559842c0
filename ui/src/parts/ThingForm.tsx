import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
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
  isSound = true,
  wide = false,
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
  /** Whether it can be saved as it stands. */
  isSound?: boolean;
  /** For what does not fit a narrow column; the whole of a phone. */
  wide?: boolean;
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
  const isPhone = useMediaQuery("(max-width: 700px)");
  return (
    <Modal opened onClose={close} title={title} size={wide ? "lg" : undefined} fullScreen={wide && isPhone}>
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
          <Button disabled={!name.trim() || !isSound} onClick={() => void submit()}>
            {i18n.t("Save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
