/** Saying what an act came to: a toast with Undo for what can be undone (10 s), words for what was refused. */
import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useState } from "react";
import { newId, Problem } from "../api/client";
import { i18n } from "../i18n";
import css from "./Toast.module.css";

const UNDO_MS = 10_000;
let undoLast: (() => void) | null = null;

/** Undo the last act, if it still can be (the key `u`). */
export function undo(): void {
  undoLast?.();
}

/** For a while the key `u` does this. */
export function offer(run: () => void): void {
  undoLast = run;
  setTimeout(() => {
    if (undoLast === run) undoLast = null;
  }, UNDO_MS);
}

/** It is done. `back` undoes it. */
export function done(text: string, back?: () => Promise<unknown>): void {
  const id = newId();
  let isBack = false;
  const run = () => {
    if (isBack) return; // a toast on its way out can still be pressed
    isBack = true;
    if (undoLast === run) undoLast = null;
    notifications.hide(id);
    back?.().then(() => done(i18n.t("Undone")), refused);
  };
  if (back) offer(run);
  notifications.show({
    id,
    autoClose: back ? UNDO_MS : 4_000,
    withCloseButton: true,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{text}</Text>
        {back && (
          <Button variant="subtle" size="compact-sm" className={css.act} onClick={run}>
            {i18n.t("Undo")}
          </Button>
        )}
      </Group>
    ),
  });
}

/** It was refused: the server's words, or ours. */
export function refused(fault: unknown): void {
  const [title, message] =
    fault instanceof Problem
      ? [fault.title, fault.detail]
      : [typeof fault === "string" ? i18n.t("Not done") : i18n.t("This page met an error"), String(fault)];
  notifications.show({ color: "orange", title, message, autoClose: 10_000, withCloseButton: true });
}

/** Ask before what cannot be undone; `typed` must be typed to go on. */
export function Sure({
  opened,
  title,
  children,
  typed,
  verb,
  isHarmless = false,
  onYes,
  onNo,
}: {
  opened: boolean;
  title: string;
  children?: ReactNode;
  typed?: string;
  verb: string;
  /** Asked about, but nothing is lost by it. */
  isHarmless?: boolean;
  onYes: () => void;
  onNo: () => void;
}) {
  const [text, setText] = useState("");
  return (
    <Modal opened={opened} onClose={onNo} title={title}>
      {children}
      {typed && (
        <TextInput
          mt="sm"
          data-autofocus
          label={i18n.t("Type {typed} to go on", { typed })}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onNo}>
          {i18n.t("Cancel")}
        </Button>
        <Button
          color={isHarmless ? undefined : "red"}
          disabled={typed !== undefined && text !== typed}
          onClick={() => {
            setText("");
            onYes();
          }}
        >
          {verb}
        </Button>
      </Group>
    </Modal>
  );
}
