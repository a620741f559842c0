import { Switch } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { i18n } from "../../i18n";
import { Card, exact } from "../../parts/marks";
import { useNameOf } from "../../parts/names";
import { Severity } from "../../parts/Severity";
import { channelWord } from "../../words";
import { PlanChart } from "./PlanChart";
import css from "./Routing.module.css";
import { minutesWord, urgencyWord } from "./words";

type Answer = Schemas["SimulationShown"];

/** What a simulation found: problems, the plan over time, the same as a table, and the way through the tree. */
export function SimulationShown({ answer }: { answer: Answer }) {
  const [all, setAll] = useState(false);
  const problems = [...new Set(answer.problems.map((one) => one.text))];
  const rounds = new Set(answer.plan.map((one) => one.round)).size;
  const plan = all ? answer.plan : answer.plan.filter((one) => one.round === (answer.plan[0]?.round ?? 0));
  return (
    <>
      {answer.problems.length > 0 && (
        <ul className={css.problems} aria-label={i18n.t("Problems")}>
          {problems.map((text) => (
            <li key={text}>
              <IconAlertTriangle size={16} aria-hidden="true" />
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
      {answer.error && <Card title={i18n.t("Not understood")}>{answer.error}</Card>}
      {answer.plan.length > 0 ? (
        <Card
          title={i18n.t("Who is told, when and how, while nobody answers")}
          action={
            rounds > 1 && (
              <Switch
                size="xs"
                label={i18n.t("All rounds")}
                checked={all}
                onChange={(event) => setAll(event.currentTarget.checked)}
              />
            )
          }
        >
          <PlanChart plan={plan} />
          <PlanTable plan={plan} />
        </Card>
      ) : (
        !answer.error && (
          <Card title={i18n.t("Nobody would be told")}>
            {i18n.t("The reasons are above, and the way through the tree is below.")}
          </Card>
        )
      )}
      {answer.signals.map((one) => (
        <SignalCard key={one.key} one={one} />
      ))}
    </>
  );
}

function PlanTable({ plan }: { plan: Answer["plan"] }) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{i18n.t("When")}</th>
          <th scope="col">{i18n.t("Whom")}</th>
          <th scope="col">{i18n.t("How")}</th>
          <th scope="col" className={css.wideOnly}>
            {i18n.t("Why")}
          </th>
        </tr>
      </thead>
      <tbody>
        {plan.map((one, index) => (
          <tr key={index}>
            <td title={exact(one.at)}>{minutesWord(Math.round(one.offset_ms / 1000))}</td>
            <td>
              {one.name}
              <small className={css.phoneOnly}>{one.why}</small>
            </td>
            <td>
              {channelWord(one.channel)}
              {one.contact_label && ` · ${one.contact_label}`}
              {one.in_digest && ` · ${i18n.t("in a digest")}`}
            </td>
            <td className={css.wideOnly}>{one.why}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SignalCard({ one }: { one: Answer["signals"][number] }) {
  const names = { service: useNameOf("/api/v1/services"), ladder: useNameOf("/api/v1/ladders") };
  return (
    <Card
      title={
        <>
          <Severity level={one.severity} /> {one.title}
        </>
      }
    >
      {one.routes.map((route) => (
        <p key={route.id} style={{ margin: "0 0 10px" }}>
          {[
            route.service && i18n.t("service {service}", { service: names.service(route.service) }),
            i18n.t("ladder {ladder}", { ladder: names.ladder(route.ladder) }),
            urgencyWord(route.urgency),
            route.group_wait_s > 0 && i18n.t("waits {seconds} s for more", { seconds: route.group_wait_s }),
            route.joins && i18n.t("joins {id}", { id: route.joins }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      ))}
      <ol className={css.trials} aria-label={i18n.t("The way through the tree")}>
        {one.trials.map((trial) => (
          <li key={trial.path} data-out={!trial.entered || undefined}>
            <span aria-hidden="true">{trial.decides ? "★" : trial.entered ? "✓" : "·"}</span>
            <span>
              <strong>{trial.path}</strong>{" "}
              {trial.decides ? i18n.t("decides") : trial.entered ? i18n.t("entered") : i18n.t("passed by")}
              {trial.why && <small> – {trial.why}</small>}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
