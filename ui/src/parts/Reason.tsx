/** Why a message did not arrive: the reason, how to mend it, and small under it what the other side said. */
import { i18n } from "../i18n";
import css from "./Reason.module.css";

type Told = { words: string; mend?: string; said?: string };

export function Reason({ words, mend, said }: Told) {
  if (!words) return null;
  return (
    <div className={css.reason}>
      <b>{words.charAt(0).toUpperCase() + words.slice(1)}</b>
      {mend && <span>{mend}</span>}
      {said && (
        <small>
          {i18n.t("The other side:")} <code>{said}</code>
        </small>
      )}
    </div>
  );
}
