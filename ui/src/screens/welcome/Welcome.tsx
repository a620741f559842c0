import { Button, Group, Progress, Text, UnstyledButton } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMe } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { keep, kept } from "../../kept";
import { Page } from "../../parts/Page";
import { ContactStep } from "./ContactStep";
import { PersonStep } from "./PersonStep";
import { SourceStep } from "./SourceStep";
import { TeamStep } from "./TeamStep";
import { TestStep } from "./TestStep";
import css from "./Welcome.module.css";

/** How far the installation is: told by the server, so the wizard resumes on any browser. */
function useProgress() {
  const me = useMe();
  const teams = useGet("/api/v1/teams");
  const sources = useGet("/api/v1/sources");
  const contacts = useGet("/api/v1/users/{user_id}/contacts", { path: { user_id: me.user.id } });
  const messages = useGet("/api/v1/messages", { query: { user: me.user.id, limit: 50 } });
  const heard = (sources.data?.items ?? []).some((source) => source.health.last_seen_at);
  return [
    Number(kept("welcome") ?? 0) > 0,
    (teams.data?.items ?? []).some((team) => team.spec.members?.includes(me.user.id)),
    heard,
    (contacts.data?.items ?? []).some((contact) => contact.verified),
    (messages.data?.items ?? []).some((message) => message.state === "delivered"),
  ];
}

/** First steps: from an empty installation to a received alert and a delivered page, in about three minutes. */
export function Welcome() {
  const done = useProgress();
  const [step, setStep] = useState(Number(kept("welcome") ?? 0));
  const go = (next: number) => {
    setStep(next);
    keep("welcome", String(next));
  };
  const next = () => go(step + 1);
  const steps: [string, string, React.ReactNode][] = [
    [i18n.t("You"), i18n.t("Name, language, time zone"), <PersonStep key="you" next={next} />],
    [i18n.t("Team"), i18n.t("Who answers together"), <TeamStep key="team" next={next} />],
    [i18n.t("Source"), i18n.t("Where alerts come from"), <SourceStep key="source" next={next} />],
    [i18n.t("Contact"), i18n.t("How you are reached"), <ContactStep key="contact" next={next} />],
    [i18n.t("Test"), i18n.t("A page that arrives"), <TestStep key="test" next={next} />],
  ];
  const count = done.filter(Boolean).length;
  const skip = (
    <Button variant="subtle" renderRoot={(props) => <Link to="/" {...props} />}>
      {i18n.t("Skip, I know my way")}
    </Button>
  );
  return (
    <Page title={i18n.t("First steps")} acts={skip}>
      <div className={css.progress}>
        <Progress value={(count / steps.length) * 100} aria-label={i18n.t("First steps done")} />
        <Text size="sm" c="dimmed">
          {i18n.t("{count} of {total} done. You can leave and come back.", { count, total: steps.length })}
        </Text>
      </div>
      <ol className={css.steps}>
        {steps.map(([title, words, body], index) => (
          <li key={title} className={css.step} aria-current={index === step ? "step" : undefined}>
            <UnstyledButton className={css.head} onClick={() => go(index)}>
              <span className={css.number} data-done={done[index] || undefined}>
                {done[index] ? <IconCheck size={16} aria-label={i18n.t("Done")} /> : index + 1}
              </span>
              <span>
                <strong>{title}</strong>
                <br />
                <span className={css.words}>{words}</span>
              </span>
            </UnstyledButton>
            {index === step && <div className={css.body}>{body}</div>}
          </li>
        ))}
      </ol>
      {step >= steps.length && (
        <div className={css.end}>
          <h2>{i18n.t("That is all it takes")}</h2>
          <p>{i18n.t("Alerts come in, you are told, and whoever does not answer is followed by the next.")}</p>
          <Group>
            <Button renderRoot={(props) => <Link to="/incidents" {...props} />}>{i18n.t("See the incidents")}</Button>
            <Button variant="default" renderRoot={(props) => <Link to="/schedules" {...props} />}>
              {i18n.t("Plan who is on call")}
            </Button>
          </Group>
        </div>
      )}
    </Page>
  );
}
