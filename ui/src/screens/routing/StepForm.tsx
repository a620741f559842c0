import { ActionIcon, Group, MultiSelect, NumberInput } from "@mantine/core";
import { IconArrowUp, IconTrash } from "@tabler/icons-react";
import { i18n } from "../../i18n";
import { listed } from "../../words";
import { keyOf, type Step, targetOf } from "./ladder";
import css from "./Routing.module.css";
import { useTargets } from "./targets";
import { minutesWord } from "./words";

/** One rung: when it begins, whom it tells, how long it waits. */
export function StepForm({
  number,
  begins,
  step,
  may,
  onChange,
  onRemove,
  onUp,
}: {
  number: number;
  begins: number;
  step: Step;
  may: boolean;
  onChange: (next: Step) => void;
  onRemove: () => void;
  onUp?: () => void;
}) {
  const targets = useTargets();
  return (
    <li className={css.step} aria-label={i18n.t("Step {number}", { number })}>
      <span className={css.number} aria-hidden="true">
        <b>{number}</b>
      </span>
      <div className={css.body}>
        <div className={css.when}>
          <span>
            <strong>{minutesWord(begins)}</strong>{" "}
            {step.targets.length
              ? i18n.t("tells {whom}", { whom: listed(step.targets.map((one) => targets.words(keyOf(one)))) })
              : i18n.t("tells nobody yet")}
          </span>
          {may && (
            <Group gap={4} wrap="nowrap">
              {onUp && (
                <ActionIcon
                  variant="subtle"
                  size="lg"
                  aria-label={i18n.t("Move step {number} up", { number })}
                  onClick={onUp}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
              )}
              <ActionIcon
                variant="subtle"
                size="lg"
                aria-label={i18n.t("Remove step {number}", { number })}
                onClick={onRemove}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          )}
        </div>
        {may && (
          <div className={css.editable}>
            <MultiSelect
              label={i18n.t("Tell")}
              data={targets.groups}
              value={step.targets.map(keyOf)}
              searchable
              placeholder={step.targets.length ? undefined : i18n.t("A schedule, a person or a team")}
              onChange={(keys) => onChange({ ...step, targets: keys.map(targetOf) })}
            />
            <NumberInput
              label={i18n.t("Then wait, minutes")}
              min={1}
              max={1440}
              value={Math.round((step.delay_s / 60) * 100) / 100}
              onChange={(value) => onChange({ ...step, delay_s: Math.max(1, Math.round(Number(value) * 60)) })}
            />
          </div>
        )}
      </div>
    </li>
  );
}
