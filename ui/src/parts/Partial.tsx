import { IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import css from "./Partial.module.css";

/** Says over a list that more could belong to it than was looked at. */
export function Partial({ children }: { children: ReactNode }) {
  return (
    <p className={css.partial} role="status">
      <IconInfoCircle size={16} stroke={1.7} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
