/** Who may do what. */
import { IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMe } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { roleWord } from "../../words";
import css from "./setup.module.css";

/** A phone lays the rows out as grids, which takes away what a table tells a screen reader: said anew. */
const AS = {
  table: { role: "table" },
  row: { role: "row" },
  column: { role: "columnheader" },
  rowHead: { role: "rowheader" },
  cell: { role: "cell" },
};

export function permissionWord(name: string): string {
  switch (name) {
    case "read":
      return i18n.t("Read");
    case "respond":
      return i18n.t("Respond");
    case "configure":
      return i18n.t("Configure");
    case "administer":
      return i18n.t("Administer");
    case "self":
      return i18n.t("Own things");
    case "signal":
      return i18n.t("Send signals");
    default:
      return name;
  }
}

export function Roles() {
  const mine = useMe().user.spec.role;
  const { data, error, refetch } = useGet("/api/v1/roles");
  const { data: people } = useGet("/api/v1/users", { query: { limit: 500 } });
  const count = (role: string) => people?.items.filter((one) => one.active && one.spec.role === role).length ?? 0;
  return (
    <Page title={i18n.t("Roles")}>
      <Fault problem={error} retry={() => void refetch()} />
      {!data && !error && <Waiting />}
      {data && (
        <div className={css.scroll}>
          <table className={css.matrix} {...AS.table}>
            <thead>
              <tr {...AS.row}>
                <th scope="col" {...AS.column}>
                  {i18n.t("Permission")}
                </th>
                {data.roles.map((role) => (
                  <th key={role} scope="col" {...AS.column} data-mine={role === mine || undefined}>
                    {roleWord(role)}
                    <Link to="/people" search={{ role } as never}>
                      {i18n.t("{n, plural, one {# person} other {# people}}", { n: count(role) })}
                    </Link>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.permissions.map((one) => (
                <tr key={one.name} {...AS.row}>
                  <th scope="row" {...AS.rowHead}>
                    {permissionWord(one.name)}
                    <small>{one.meaning}</small>
                  </th>
                  {data.roles.map((role) => (
                    <td key={role} {...AS.cell} data-mine={role === mine || undefined}>
                      {one.roles.includes(role) ? (
                        <IconCheck size={17} aria-label={i18n.t("yes")} />
                      ) : (
                        <span className={css.dim} role="img" aria-label={i18n.t("no")}>
                          –
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={css.hint}>
        {i18n.t(
          "One's own contact points, rules and keys are always one's own. A role is set on the page of the person.",
        )}
      </p>
    </Page>
  );
}
