import { useState } from "react";
import { i18n } from "../i18n";
import { Copy } from "./marks";
import css from "./SenderSnippets.module.css";
import { NO_KEY, SENDERS, type Sender, sendersFor } from "./senders";

/** The tiles of every sender, to begin with one. */
export function SenderGallery({
  chosen,
  choose,
  among = SENDERS,
}: {
  chosen?: string;
  choose: (sender: Sender) => void;
  among?: Sender[];
}) {
  return (
    <div className={css.tiles} role="group" aria-label={i18n.t("Sender")}>
      {among.map((one) => (
        <button
          key={one.id}
          type="button"
          className={css.tile}
          aria-pressed={one.id === chosen}
          onClick={() => choose(one)}
        >
          <strong>{one.name}</strong>
          <span>{one.hint()}</span>
        </button>
      ))}
    </div>
  );
}

/** What to put where, for one sender. Without the key (it is shown only once) a placeholder stands for it. */
export function Snippet({
  sender,
  apiKey,
  base = location.origin,
}: {
  sender: Sender;
  apiKey?: string;
  base?: string;
}) {
  const text = sender.text(base, apiKey || NO_KEY);
  return (
    <figure className={css.snippet}>
      <figcaption>
        <span>{sender.place()}</span>
        <Copy text={text} />
      </figcaption>
      <pre tabIndex={0}>{text}</pre>
    </figure>
  );
}

/** The snippets a source takes, one tab a sender: `<SenderSnippets door="any" apiKey={key} />`. */
export function SenderSnippets({
  door = "any",
  apiKey,
  base,
  first,
}: {
  door?: string;
  apiKey?: string;
  base?: string;
  first?: string;
}) {
  const senders = sendersFor(door);
  const [at, setAt] = useState(first ?? senders[0]?.id);
  const sender = senders.find((one) => one.id === at) ?? senders[0];
  if (!sender) return <p className={css.hint}>{i18n.t("The reference of doors says how this one is addressed.")}</p>;
  return (
    <div className={css.snippets}>
      {senders.length > 1 && (
        <div className={css.tabs} role="group" aria-label={i18n.t("Sender")}>
          {senders.map((one) => (
            <button key={one.id} type="button" aria-pressed={one === sender} onClick={() => setAt(one.id)}>
              {one.name}
            </button>
          ))}
        </div>
      )}
      <p className={css.hint}>{sender.hint()}</p>
      <Snippet sender={sender} apiKey={apiKey} base={base} />
      {!apiKey && (
        <p className={css.hint}>
          {i18n.t(
            "The key is shown only when it is made. Where it is lost, make a new one; the old one stays good for a day.",
          )}
        </p>
      )}
    </div>
  );
}
