/** What only this browser knows of a room: answers to commands, and what is not yet sent. */
import { ActionIcon, Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import dayjs from "dayjs";
import { i18n } from "../../i18n";
import css from "./Room.module.css";
import type { Room, RoomState } from "./room";
import { commands } from "./slash";

/** The commands, each with what it does. */
function Help() {
  return (
    <dl className={css.help} aria-label={i18n.t("What can be written here")}>
      {commands().map((one) => (
        <div key={one.label}>
          <dt>{one.label}</dt>
          <dd>{one.hint}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Local({ room, state, edit }: { room: Room; state: RoomState; edit: (text: string) => void }) {
  return (
    <>
      {state.answers.map((one) => (
        <div key={one.id} className={css.answer}>
          {one.command === "/help" ? <Help /> : one.text}
          <small>
            {one.command} · {dayjs(one.at).format("HH:mm:ss")} · {i18n.t("only you see this")}
            <ActionIcon size="xs" variant="subtle" aria-label={i18n.t("Put away")} onClick={() => room.forget(one.id)}>
              <IconX size={12} />
            </ActionIcon>
          </small>
        </div>
      ))}
      {state.unsent.map((one) => (
        <div key={one.id} className={css.unsent} data-refused={one.refused ? true : undefined}>
          {one.text}
          <small>
            {one.refused ? `${one.refused.title}. ${one.refused.detail}` : i18n.t("not yet sent")}
            {one.refused && (
              <>
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => {
                    room.forget(one.id);
                    edit(one.text);
                  }}
                >
                  {i18n.t("Edit")}
                </Button>
                <Button size="compact-xs" variant="default" onClick={() => room.again(one.id)}>
                  {i18n.t("Send again")}
                </Button>
              </>
            )}
            {(one.refused || state.phase === "lost") && (
              <Button size="compact-xs" variant="subtle" onClick={() => room.forget(one.id)}>
                {i18n.t("Discard")}
              </Button>
            )}
          </small>
        </div>
      ))}
    </>
  );
}
