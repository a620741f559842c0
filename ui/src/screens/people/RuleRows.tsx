/** The rules as rows to change: which contact, at which urgency and hours, after how long. */
import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { i18n } from "../../i18n";
import css from "./people.module.css";
import type { Named } from "./Rules";
import { clock, complete, DAY, type Rule } from "./rules";
import { afterWords, urgencyWord } from "./words";

const RULES_MAX = 20;
const DELAYS = [0, 60, 120, 180, 300, 600, 900, 1800, 3600];
const CLOCKS = Array.from({ length: DAY / 30 + 1 }, (_, index) => clock(index * 30));

/** The choices, and what is set even when it is none of them. */
function withOwn<T>(choices: T[], own: T): T[] {
  return choices.includes(own) ? choices : [...choices, own].sort();
}

export function RuleRows({
  rules,
  contacts,
  change,
}: {
  rules: Rule[];
  contacts: Named[];
  change: (rules: Rule[]) => void;
}) {
  const patch = (at: number, some: Partial<Rule>) =>
    change(rules.map((rule, index) => (index === at ? { ...rule, ...some } : rule)));
  return (
    <div className={css.rules}>
      {rules.map((rule, at) => (
        <fieldset key={at} className={css.rule} aria-label={i18n.t("Rule {n}", { n: at + 1 })}>
          <span className={css.number}>{at + 1}</span>
          <NativeSelect
            aria-label={i18n.t("Urgency")}
            value={rule.urgency}
            onChange={(event) => patch(at, { urgency: event.currentTarget.value })}
            data={["high", "low", "any"].map((value) => ({ value, label: urgencyWord(value) }))}
          />
          <NativeSelect
            aria-label={i18n.t("From")}
            value={rule.start}
            onChange={(event) => patch(at, { start: event.currentTarget.value })}
            data={withOwn(CLOCKS.slice(0, -1), rule.start)}
          />
          <NativeSelect
            aria-label={i18n.t("Until")}
            value={rule.end}
            onChange={(event) => patch(at, { end: event.currentTarget.value })}
            data={withOwn(CLOCKS.slice(1), rule.end)}
          />
          <NativeSelect
            aria-label={i18n.t("Contact point")}
            value={rule.contact}
            onChange={(event) => patch(at, { contact: event.currentTarget.value })}
            data={contacts.map((one) => ({
              value: one.id,
              label: one.verified ? one.name : i18n.t("{name} (not verified)", { name: one.name }),
            }))}
          />
          <NativeSelect
            aria-label={i18n.t("After")}
            value={String(rule.delay_s)}
            onChange={(event) => patch(at, { delay_s: Number(event.currentTarget.value) })}
            data={withOwn(DELAYS, rule.delay_s).map((value) => ({ value: String(value), label: afterWords(value) }))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={i18n.t("Remove rule {n}", { n: at + 1 })}
            onClick={() => change(rules.filter((_, index) => index !== at))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </fieldset>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          disabled={rules.length >= RULES_MAX || contacts.length === 0}
          onClick={() =>
            change([
              ...rules,
              complete({ contact: (contacts.find((one) => one.verified) ?? contacts[0])?.id ?? "", urgency: "high" }),
            ])
          }
        >
          {i18n.t("Add a rule")}
        </Button>
      </div>
    </div>
  );
}
