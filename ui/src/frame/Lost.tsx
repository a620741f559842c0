import { Button, Group, Text } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Problem } from "../api/client";
import { i18n } from "../i18n";
import { Empty, Fault } from "../parts/marks";
import { Page } from "../parts/Page";
import { openPalette } from "./Palette";

export function NotFound() {
  return (
    <Page title={i18n.t("There is no such page")}>
      <Text c="dimmed" mb="md">
        {i18n.t("The address may be old, or a letter is missing. Search for it by its id or name.")}
      </Text>
      <Group>
        <Button onClick={openPalette}>{i18n.t("Search")}</Button>
        <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
          {i18n.t("My shift")}
        </Button>
      </Group>
    </Page>
  );
}

/** A screen that failed: the rest of the house stands. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const again = error instanceof Problem && error.status === 0 ? () => location.reload() : reset;
  if (error instanceof Problem) return <Fault problem={error} retry={again} />;
  return (
    <Empty
      title={i18n.t("This page met an error")}
      action={<Button onClick={() => location.reload()}>{i18n.t("Load anew")}</Button>}
    >
      {String(error)}
    </Empty>
  );
}
