import { Link } from "@tanstack/react-router";
import css from "./Timeline.module.css";
import { pieces } from "./timeline";

/** What a person wrote: links and ids can be followed, mentions stand out, lines stay lines. `me` marks one's own name. */
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
        ) : piece.kind === "incident" || piece.kind === "alert" ? (
          <Link key={index} to={`/${piece.kind}s/${piece.text}` as never}>
            {piece.text}
          </Link>
        ) : (
          <span key={index}>{piece.text}</span>
        ),
      )}
    </span>
  );
}
