import { ActionIcon, Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { i18n } from "../i18n";
import css from "./BulkBar.module.css";
import type { Choice } from "./choice";

/**
 * What can be done with the chosen rows: floats over the foot of the list while something is chosen. With `total` (how
 * many match the filter, `read` of which are in the list) all that match can be chosen once every row is.
 */
export function BulkBar<T>({
  choice,
  read = 0,
  total = 0,
  children,
}: {
  choice: Choice<T>;
  read?: number;
  total?: number;
  children: ReactNode;
}) {
  const n = choice.rows.size;
  if (n === 0) return null;
  return (
    <div className={css.bar} role="toolbar" aria-label={i18n.t("Act on the selected")}>
      <span className={css.count} role="status">
        {choice.isAll ? i18n.t("All {n} that match", { n: total }) : i18n.t("{n} selected", { n })}
      </span>
      {!choice.isAll && n >= read && total > n && (
        <Button variant="subtle" onClick={choice.chooseAll}>
          {i18n.t("Select all {n} that match", { n: total })}
        </Button>
      )}
      {children}
      <ActionIcon variant="subtle" color="gray" onClick={choice.clear} aria-label={i18n.t("Let go")}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}
