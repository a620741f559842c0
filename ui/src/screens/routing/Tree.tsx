import { i18n } from "../../i18n";
import { useNameOf } from "../../parts/names";
import type { Route } from "./ladder";
import css from "./Routing.module.css";
import { urgencyWord } from "./words";

type Name = (id: string) => string;

/** What a node says, in one line: where to and how urgent. */
function outcome(node: Route, names: { service: Name; ladder: Name }): string {
  return [
    node.service && i18n.t("service {service}", { service: names.service(node.service) }),
    node.ladder && i18n.t("ladder {ladder}", { ladder: names.ladder(node.ladder) }),
    node.urgency && urgencyWord(node.urgency),
    node.continue && i18n.t("and looks on"),
  ]
    .filter(Boolean)
    .join(" · ");
}

export function Tree({
  root,
  way,
  hit,
  onPick,
}: {
  root: Route;
  way: number[];
  /** Paths that the last simulation went through. */
  hit: string[];
  onPick: (way: number[]) => void;
}) {
  const names = { service: useNameOf("/api/v1/services"), ladder: useNameOf("/api/v1/ladders") };
  const draw = (node: Route, here: number[], path: string) => (
    <li key={here.join() || "root"}>
      <button
        type="button"
        className={css.node}
        aria-current={here.join() === way.join()}
        data-hit={hit.includes(path) || undefined}
        onClick={() => onPick(here)}
      >
        <strong>{node.name}</strong>{" "}
        {node.matchers.length || node.when ? (
          <code>{[...node.matchers, node.when].filter(Boolean).join(" , ")}</code>
        ) : here.length ? (
          i18n.t("everything")
        ) : (
          ""
        )}
        <small>{outcome(node, names) || i18n.t("as above")}</small>
      </button>
      {node.routes.length > 0 && (
        <ul>{node.routes.map((one, index) => draw(one, [...here, index], `${path}/${one.name}`))}</ul>
      )}
    </li>
  );
  return <ul className={css.tree}>{draw(root, [], root.name)}</ul>;
}
