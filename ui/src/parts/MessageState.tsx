/** What became of a message, as an icon and a word; and its receipt as it comes. */
import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconClockPause,
  IconLoader2,
  IconPlayerStop,
  IconRefresh,
  IconStack2,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useGet } from "../api/query";
import { i18n } from "../i18n";
import { channelWord } from "../words";
import css from "./MessageState.module.css";
import { Fault } from "./marks";
import { Reason } from "./Reason";

/** States whose reason somebody may have to mend. */
export const NOT_ARRIVED = ["failed", "given_up"];
export const MESSAGE_STATES = ["planned", "held", "sent", "failed", "delivered", "given_up", "stopped", "bundled"];

const ICONS: Record<string, typeof IconCheck> = {
  planned: IconCircleDashed,
  held: IconClockPause,
  sent: IconLoader2,
  failed: IconRefresh,
  delivered: IconCheck,
  given_up: IconAlertTriangle,
  stopped: IconPlayerStop,
  bundled: IconStack2,
};

export function messageStateWord(state: string): string {
  switch (state) {
    case "planned":
      return i18n.t("Planned");
    case "held":
      return i18n.t("Held");
    case "sent":
      return i18n.t("Sent, no receipt yet");
    case "failed":
      return i18n.t("Failed, is tried again");
    case "delivered":
      return i18n.t("Delivered");
    case "given_up":
      return i18n.t("Given up");
    case "stopped":
      return i18n.t("Not needed any more");
    case "bundled":
      return i18n.t("In a digest");
    default:
      return state;
  }
}

export function MessageState({ state }: { state: string }) {
  const Icon = ICONS[state] ?? IconCircleDashed;
  return (
    <span className={css.state} data-state={state}>
      <Icon size={15} stroke={1.8} aria-hidden="true" />
      <span>{messageStateWord(state)}</span>
    </span>
  );
}

/** The receipt of one message, as it comes: the live feed says when there is more to read. */
export function Receipt({ message, name }: { message: string; name?: string }) {
  const { data, error } = useGet("/api/v1/messages/{message_id}", { path: { message_id: message }, staleTime: 0 });
  const state = data?.state ?? "sent";
  if (error) return <Fault problem={error} />;
  return (
    <div className={css.receipt} role="status">
      <MessageState state={state} />
      <span className={css.name}>{name || data?.contact_label || (data ? channelWord(data.channel) : "")}</span>
      <Link to={`/messages/${message}` as never}>{message}</Link>
      {data && NOT_ARRIVED.includes(state) && <Reason {...data} />}
    </div>
  );
}
