import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconBraces, IconDownload, IconTable } from "@tabler/icons-react";
import { type Query, url } from "../api/client";
import { i18n } from "../i18n";

/** Download what the list shows, whole: `<Export what="alerts" query={query} />`, with the query of the list itself. */
export function Export({ what, query = {} }: { what: string; query?: Query }) {
  const link = (format: string) => url("/api/v1/exports/{what}", { what }, { ...query, format });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={i18n.t("Export")}>
          <ActionIcon variant="default" size={30} aria-label={i18n.t("Export")}>
            <IconDownload size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={link("csv")} download leftSection={<IconTable size={15} />}>
          {i18n.t("As CSV, for spreadsheets")}
        </Menu.Item>
        <Menu.Item component="a" href={link("json")} download leftSection={<IconBraces size={15} />}>
          {i18n.t("As JSON, for programs")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
