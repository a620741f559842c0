/** Where one writes in the room: commands and names complete, the draft stays in this browser until it is said. */
import { ActionIcon, Textarea } from "@mantine/core";
import { IconSend2 } from "@tabler/icons-react";
import { forwardRef, type KeyboardEvent, useEffect, useId, useImperativeHandle, useRef, useState } from "react";
import { i18n } from "../../i18n";
import { keep, kept } from "../../kept";
import css from "./Room.module.css";
import { type Choice, choose, complete, type Names } from "./slash";

export type ComposerHandle = { focus: (text?: string) => void };
type Props = { incident: string; names: Names; disabled: boolean; say: (text: string) => void; typing: () => void };

/** Whether a key belongs to an input method that is composing (Chinese): then it is never ours. */
function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229;
}

export const Composer = forwardRef<ComposerHandle, Props>(function Composer(
  { incident, names, disabled, say, typing },
  ref,
) {
  const draft = `draft.${incident}`;
  const [text, setText] = useState(() => kept(draft) ?? "");
  const [caret, setCaret] = useState(text.length);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  useImperativeHandle(ref, () => ({
    focus: (start) => {
      if (start !== undefined) write(start, start.length);
      area.current?.focus();
    },
  }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is set with the caret; the element follows it
  useEffect(() => {
    if (document.activeElement === area.current) area.current?.setSelectionRange(caret, caret);
  }, [text]);

  const found = closed || disabled ? null : complete(text, caret, names);
  const choices = found?.choices ?? [];
  const aimed = Math.min(at, choices.length - 1);

  const write = (next: string, where: number) => {
    setText(next);
    setCaret(where);
    setAt(0);
    setClosed(false);
    keep(draft, next || null);
  };
  const take = (choice: Choice) => {
    if (found) write(...choose(text, found, choice));
    area.current?.focus();
  };
  const send = () => {
    const words = text.trim();
    if (!words) return;
    say(words);
    write("", 0);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return;
    const loud = event.ctrlKey || event.metaKey;
    const choice = choices[aimed];
    if (event.key === "Enter" && loud) send();
    else if (choice && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey))) take(choice);
    else if (choices.length && event.key === "ArrowDown") setAt((aimed + 1) % choices.length);
    else if (choices.length && event.key === "ArrowUp") setAt((aimed - 1 + choices.length) % choices.length);
    else if (event.key === "Escape") {
      if (choices.length) setClosed(true);
      else area.current?.blur();
    } else if (event.key === "Enter" && !event.shiftKey) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={css.composer}>
      {choices.length > 0 && (
        <div className={css.choices} id={listId} role="listbox" aria-label={i18n.t("What can stand here")}>
          {choices.map((choice, index) => (
            <div
              key={choice.value}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === aimed}
              className={css.choice}
              onMouseDown={(event) => {
                event.preventDefault();
                take(choice);
              }}
            >
              <b>{choice.label}</b> <span>{choice.hint}</span>
            </div>
          ))}
        </div>
      )}
      <Textarea
        ref={area}
        className={css.area}
        aria-label={i18n.t("Write to the room")}
        placeholder={
          matchMedia("(max-width: 900px)").matches
            ? i18n.t("Write, / for commands")
            : i18n.t("Write to the room, / for commands, @ for people")
        }
        autosize
        minRows={1}
        maxRows={8}
        disabled={disabled}
        value={text}
        role="combobox"
        aria-expanded={choices.length > 0}
        aria-controls={choices.length > 0 ? listId : undefined}
        aria-activedescendant={choices.length > 0 ? `${listId}-${aimed}` : undefined}
        aria-autocomplete="list"
        onChange={(event) => {
          write(event.currentTarget.value, event.currentTarget.selectionStart);
          if (event.currentTarget.value && !event.currentTarget.value.startsWith("/")) typing();
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon
        className={css.send}
        size={36}
        variant="filled"
        onClick={send}
        disabled={disabled || !text.trim()}
        aria-label={i18n.t("Send")}
        title={i18n.t("Enter or Ctrl-Enter sends, Shift-Enter begins a line")}
      >
        <IconSend2 size={18} />
      </ActionIcon>
    </div>
  );
});
