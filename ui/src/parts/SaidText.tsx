import css from "./Timeline.module.css";
import { pieces } from "./timeline";

/** What a person wrote: links can be followed, mentions stand out, lines stay lines. `me` marks one's own name. */
export function SaidText({ text, me }: { text: string; me?: string }) {
  return (
    <span className={css.written}>
      {pieces(text).map((piece, index) =>
        piece.kind === "link" ? (
          <a key={index} href={piece.text} target="_blank" rel="noreferrer noopener">
            {piece.text}
          </a>
        ) : piece.kind === "mention" ? (
          <b key={index} className={css.mention} data-me={piece.text.slice(1) === me || undefined}>
            {piece.text}
          </b>
        ) : (
          <span key={index}>{piece.text}</span>
        ),
      )}
    </span>
  );
}
