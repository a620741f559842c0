import { Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { i18n } from "../i18n";
import css from "./Page.module.css";

/** A screen: breadcrumb, title, acts, then what it shows. `wide` for boards and lists, `aside` for a column at the right. */
export function Page({
  title,
  trail = [],
  acts,
  aside,
  last,
  wide = false,
  children,
}: {
  title: string;
  /** Where this lies: [words, url] from the outermost. */
  trail?: [string, string][];
  acts?: ReactNode;
  aside?: ReactNode;
  /** What is pressed after the aside was read: below it on a phone, below the rest where the aside stands beside. */
  last?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Tocsin`;
  }, [title]);
  return (
    <div className={css.page} data-wide={wide || undefined}>
      <header className={css.head}>
        <div className={css.titles}>
          {trail.length > 0 && (
            <nav className={css.trail} aria-label={i18n.t("Breadcrumb")}>
              {trail.map(([words, to]) => (
                <span key={to}>
                  <Link to={to}>{words}</Link> /{" "}
                </span>
              ))}
            </nav>
          )}
          <h1>{title}</h1>
        </div>
        {acts && (
          <Group gap="xs" className={css.acts}>
            {acts}
          </Group>
        )}
      </header>
      {aside ? (
        <div className={css.columns}>
          <div className={css.main}>{children}</div>
          <aside className={css.aside}>{aside}</aside>
          {last && <div>{last}</div>}
        </div>
      ) : (
        children
      )}
    </div>
  );
}
