/** The installation as YAML: change it here, see what that would do, then do it. */
import { Button, Checkbox, Group } from "@mantine/core";
import { IconDownload, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { Problem, post, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { refresh, useChange } from "../../api/query";
import { sessionEnded } from "../../api/session";
import { i18n } from "../../i18n";
import { done, refused, Sure } from "../../parts/acts";
import { actWord, Job } from "../../parts/Job";
import { Card, Code, Fault } from "../../parts/marks";
import { Page } from "../../parts/Page";
import css from "./setup.module.css";

type Plan = Schemas["PlanShown"];

async function current(): Promise<string> {
  const answer = await fetch("/api/v1/config", { credentials: "same-origin" });
  if (answer.status === 401) sessionEnded();
  if (!answer.ok) throw new Problem(answer.status, i18n.t("The configuration cannot be read"), await answer.text());
  return answer.text();
}

export function Config() {
  const may = useMay("configure");
  const [text, setText] = useState("");
  const [prune, setPrune] = useState(false);
  const [job, setJob] = useState("");
  const [isSure, setSure] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const load = useChange(current);
  const plan = useChange(() => post("/api/v1/config/plan", { body: { yaml: text, prune } }));
  const apply = useChange(
    () => post("/api/v1/config/apply", { body: { yaml: text, prune } }) as unknown as Promise<Schemas["JobShown"]>,
    "/api/v1/jobs",
  );
  const change = (wanted: string) => {
    setText(wanted);
    plan.reset();
    setJob("");
  };
  const steps = plan.data?.steps.filter((one) => one.act !== "same") ?? [];
  const deletes = steps.filter((one) => one.act === "delete").length;
  const run = () => {
    setSure(false);
    apply.mutate(undefined, { onSuccess: (begun) => setJob(begun.id), onError: refused });
  };
  const goTo = (line: number) => {
    const box = area.current;
    if (!box || line < 1) return;
    const start =
      text
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    box.focus();
    box.setSelectionRange(start, start + (text.split("\n")[line - 1]?.length ?? 0));
    box.scrollTop = (line - 5) * LINE_PX;
  };
  return (
    <Page
      title={i18n.t("Configuration")}
      wide
      acts={
        <Button
          component="a"
          href="/api/v1/config"
          download="tocsin.yaml"
          variant="default"
          leftSection={<IconDownload size={14} />}
        >
          {i18n.t("Download as YAML")}
        </Button>
      }
    >
      <p className={css.hint}>
        {i18n.t(
          "Everything that can be set, as one file: keep it in version control, change it here or with tocsin apply.",
        )}
      </p>
      <div className={css.config}>
        <div>
          <Group gap="xs" mb="xs">
            <Button
              variant="default"
              loading={load.isPending}
              onClick={() => load.mutate(undefined, { onSuccess: change, onError: refused })}
            >
              {text ? i18n.t("Load what is there now anew") : i18n.t("Load what is there now")}
            </Button>
            <Checkbox
              label={i18n.t("Remove what the file does not name")}
              checked={prune}
              disabled={!may}
              onChange={(event) => {
                setPrune(event.currentTarget.checked);
                plan.reset();
              }}
            />
          </Group>
          <Editor area={area} text={text} change={change} />
          {!may && (
            <p className={css.hint}>{i18n.t("You may read it. To change it needs the role of an administrator.")}</p>
          )}
          <Group justify="flex-end" mt="xs">
            <Button
              variant="default"
              disabled={!may || !text.trim()}
              loading={plan.isPending}
              onClick={() => plan.mutate(undefined, { onError: refused })}
            >
              {i18n.t("Show what would change")}
            </Button>
            <Button
              disabled={!may || steps.length === 0 || job !== ""}
              loading={apply.isPending}
              onClick={() => (deletes ? setSure(true) : run())}
            >
              {steps.length
                ? i18n.t("Apply {n, plural, one {# change} other {# changes}}", { n: steps.length })
                : i18n.t("Apply")}
            </Button>
          </Group>
        </div>
        <div className={css.stack}>
          {job && (
            <Card title={i18n.t("Applying")}>
              <Job
                id={job}
                onEnd={(ended) => {
                  refresh("/api/");
                  plan.reset();
                  if (ended.state === "done") done(i18n.t("The installation is as the file says"));
                }}
              />
            </Card>
          )}
          <Fault problem={plan.error} />
          {plan.data && <PlanCard plan={plan.data} goTo={goTo} />}
          {!plan.data && !job && (
            <Card title={i18n.t("Plan")}>
              <p className={css.hint}>
                {i18n.t(
                  "Here appears what would be created, changed and removed, field by field. Nothing is changed before you apply.",
                )}
              </p>
            </Card>
          )}
        </div>
      </div>
      <Sure
        opened={isSure}
        title={i18n.t("Apply, and remove {n, plural, one {# object} other {# objects}}?", { n: deletes })}
        typed={String(deletes)}
        verb={i18n.t("Apply")}
        onNo={() => setSure(false)}
        onYes={run}
      >
        {steps
          .filter((one) => one.act === "delete")
          .map((one) => `${one.kind}/${one.id}`)
          .join(", ")}
      </Sure>
    </Page>
  );
}

const LINE_PX = 18;

function Editor({
  area,
  text,
  change,
}: {
  area: React.RefObject<HTMLTextAreaElement | null>;
  text: string;
  change: (text: string) => void;
}) {
  const gutter = useRef<HTMLPreElement>(null);
  const lines = text.split("\n").length;
  return (
    <div className={css.editor}>
      <pre ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, index) => index + 1).join("\n")}
      </pre>
      <textarea
        ref={area}
        aria-label={i18n.t("Configuration as YAML")}
        spellCheck={false}
        autoCapitalize="off"
        wrap="off"
        placeholder={"apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: shop}\nspec: {name: Shop, members: [ann]}"}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}

const ICONS: Record<string, typeof IconPlus> = { create: IconPlus, change: IconPencil, delete: IconTrash };

function PlanCard({ plan, goTo }: { plan: Plan; goTo: (line: number) => void }) {
  const steps = plan.steps.filter((one) => one.act !== "same");
  const same = plan.steps.length - steps.length;
  const count = (act: string) => steps.filter((one) => one.act === act).length;
  return (
    <Card title={i18n.t("Plan")}>
      {plan.problems.map((one, index) => (
        <p key={index} className={css.problem} role="alert">
          {one.line > 0 && (
            <Button variant="subtle" size="compact-xs" onClick={() => goTo(one.line)}>
              {i18n.t("line {n}", { n: one.line })}
            </Button>
          )}{" "}
          {one.path && <Code>{one.path} </Code>}
          {one.message}
        </p>
      ))}
      {plan.problems.length === 0 && (
        <p className={css.hint} role="status">
          {steps.length === 0
            ? i18n.t("Nothing would change: all {n} are as the file says.", { n: same })
            : i18n.t("{create} to create, {change} to change, {remove} to remove, {same} stay as they are", {
                create: count("create"),
                change: count("change"),
                remove: count("delete"),
                same,
              })}
        </p>
      )}
      <ul className={css.steps}>
        {steps.map((one) => {
          const Icon = ICONS[one.act] ?? IconPencil;
          return (
            <li key={`${one.kind}/${one.id}`} data-act={one.act}>
              <div>
                <Icon size={15} aria-hidden="true" /> <span>{actWord(one.act)}</span>{" "}
                <Code>
                  {one.kind}/{one.id}
                </Code>
              </div>
              {one.act === "change" &&
                one.diff.map((line) => (
                  <div key={line.path} className={css.diff}>
                    <span>{line.path}</span>
                    <del>{line.before}</del>
                    <ins>{line.after}</ins>
                  </div>
                ))}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
