import { Link } from "@tanstack/react-router";
import { useMe } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Ago, Card } from "../../parts/marks";
import css from "./Home.module.css";

/** What is in my mailbox for incidents that are still open. */
export function Mailbox() {
  const me = useMe();
  const { data } = useGet("/api/v1/users/{user_id}/mailbox", { path: { user_id: me.user.id }, query: { limit: 30 } });
  const letters = (data?.items ?? []).filter((one) => one.state === "open").slice(0, 5);
  return (
    <Card
      title={me.unread ? i18n.t("Mailbox: {n} unread", { n: me.unread }) : i18n.t("Mailbox")}
      action={
        <Link className={css.small} to="/messages" search={{ user: me.user.id } as never}>
          {i18n.t("All messages")}
        </Link>
      }
    >
      {letters.length === 0 && <div className={css.dim}>{i18n.t("Nothing unread.")}</div>}
      {letters.map((one) => (
        <div key={one.page} className={css.letter}>
          <Link to={(one.incident ? `/incidents/${one.incident}` : `/messages/${one.page}`) as never}>{one.title}</Link>
          <Ago at={one.at} />
        </div>
      ))}
    </Card>
  );
}
