import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { i18n } from "../i18n";
import css from "./BulkBar.module.css";

/** What can be done with the selected rows: floats over the foot of the list while something is selected. */
export function BulkBar({ count, clear, children }: { count: number; clear: () => void; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <div className={css.bar} role="toolbar" aria-label={i18n.t("Act on the selected")}>
      <span className={css.count} role="status">
        {i18n.t("{n} selected", { n: count })}
      </span>
      {children}
      <ActionIcon variant="subtle" color="gray" onClick={clear} aria-label={i18n.t("Let go")}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}
