import { Link } from "@tanstack/react-router";
import dayjs from "dayjs";
import { useGet } from "../api/query";
import { i18n } from "../i18n";
import { exact, Fault, Waiting } from "./marks";
import { useNameOf } from "./names";
import { withNobody } from "./timeline";
import css from "./Why.module.css";

function rootWord(root: string): string {
  switch (root) {
    case "signal":
      return i18n.t("A signal came");
    case "tick":
      return i18n.t("Its time had come");
    case "person":
      return i18n.t("A person did it");
    default:
      return i18n.t("The house did it");
  }
}

function place(rule: string): string {
  const [kind, id = ""] = rule.split(":", 2);
  if (kind === "route") return "/routes";
  if (kind === "ladder") return `/ladders/${id}`;
  if (kind === "schedule") return `/schedules/${id}`;
  if (kind === "silence") return `/silences/${id}`;
  return "";
}

/** A rule of the chain, such as `ladder:payments`, in words. */
function useRuleWords(): (rule: string) => string {
  const ladder = useNameOf("/api/v1/ladders");
  return (rule) => {
    const [kind, id = ""] = rule.split(":", 2);
    if (kind === "route") return i18n.t("route {path}", { path: id });
    if (kind === "ladder") return i18n.t("ladder {ladder}", { ladder: ladder(id) });
    if (kind === "schedule") return i18n.t("schedule {schedule}", { schedule: id });
    if (kind === "silence") return i18n.t("silence {silence}", { silence: id });
    return rule;
  };
}

/** Why something is so: the chain from the first cause to it, drawn as a path. `about` is INC-7, ALT-3, a page or a sequence. */
export function Why({ about }: { about: string }) {
  const { data, error, refetch } = useGet("/api/v1/why/{ref}", { path: { ref: about } });
  const words = useRuleWords();
  if (error) return <Fault problem={error} retry={() => void refetch()} />;
  if (!data) return <Waiting rows={3} />;
  return (
    <ol className={css.path}>
      <li className={css.root}>{rootWord(data.root)}</li>
      {data.steps.map((step) => (
        <li key={step.seq} className={css.step}>
          <div className={css.text}>
            {withNobody(step.text.slice(0, 1).toUpperCase() + step.text.slice(1), i18n.t("nobody"))}
          </div>
          <div className={css.more}>
            <time dateTime={step.at} title={exact(step.at)}>
              {dayjs(step.at).format("HH:mm:ss")}
            </time>{" "}
            · #{step.seq}
            {step.rules.map(({ rule, revision }) => (
              <span key={rule}>
                {" · "}
                {place(rule) ? (
                  <Link to={place(rule) as never}>
                    {i18n.t("{rule}, revision {revision}", { rule: words(rule), revision })}
                  </Link>
                ) : (
                  rule
                )}
              </span>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}
