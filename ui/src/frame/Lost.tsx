import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Problem } from "../api/client";
import { i18n } from "../i18n";
import { Empty, Fault } from "../parts/marks";

export function NotFound() {
  return (
    <Empty title={i18n.t("There is no such page")} action={<Link to="/">{i18n.t("My shift")}</Link>}>
      {i18n.t("The address may be old. Search with Ctrl K.")}
    </Empty>
  );
}

/** A screen that failed: the rest of the house stands. */
export function Broken({ error, reset }: ErrorComponentProps) {
  if (error instanceof Problem) return <Fault problem={error} retry={reset} />;
  return (
    <Empty
      title={i18n.t("This page met an error")}
      action={<Button onClick={() => location.reload()}>{i18n.t("Load anew")}</Button>}
    >
      {String(error)}
    </Empty>
  );
}
