import { Button, Group, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { i18n } from "../../i18n";
import type { Route } from "./ladder";
import css from "./Routing.module.css";
import { useChoices } from "./targets";

/** One node of the tree: when an alert enters, and what it decides. What is empty comes from above. */
export function NodeForm({
  node,
  isRoot,
  may,
  onChange,
  onAdd,
  onRemove,
  onShift,
}: {
  node: Route;
  isRoot: boolean;
  may: boolean;
  onChange: (next: Route) => void;
  onAdd: () => void;
  onRemove: () => void;
  onShift: (by: 1 | -1) => void;
}) {
  const above = isRoot ? i18n.t("not said") : i18n.t("as above");
  const ladders = useChoices("/api/v1/ladders", above);
  const set = (patch: Partial<Route>) => onChange({ ...node, ...patch });
  return (
    <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <div className={css.form}>
        <TextInput
          label={i18n.t("Name")}
          value={node.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        {!isRoot && (
          <>
            <TagsInput
              label={i18n.t("Labels must match")}
              description={i18n.t('Like service="checkout" or env=~"prod|stage"; Enter adds one')}
              value={node.matchers}
              splitChars={[]}
              onChange={(matchers) => set({ matchers })}
            />
            <Textarea
              label={i18n.t("And this condition holds (CEL)")}
              placeholder={'severity == "critical" && labels.env == "prod"'}
              autosize
              value={node.when}
              onChange={(event) => set({ when: event.currentTarget.value })}
            />
          </>
        )}
        <div className={css.pair}>
          <TextInput
            label={i18n.t("Service")}
            description={i18n.t("Or a label: {label}", { label: "{{service}}" })}
            placeholder={above}
            value={node.service}
            onChange={(event) => set({ service: event.currentTarget.value })}
          />
          <Select
            label={i18n.t("Ladder")}
            data={ladders}
            value={node.ladder}
            onChange={(ladder) => set({ ladder: ladder ?? "" })}
            searchable
          />
          <Select
            label={i18n.t("Urgency")}
            data={[
              { value: "", label: isRoot ? i18n.t("by severity") : above },
              { value: "high", label: i18n.t("high urgency") },
              { value: "low", label: i18n.t("low urgency") },
            ]}
            value={node.urgency}
            onChange={(urgency) => set({ urgency: urgency ?? "" })}
          />
        </div>
        <div className={css.pair}>
          <TagsInput
            label={i18n.t("One incident for each")}
            placeholder={above}
            value={node.group_by}
            onChange={(group_by) => set({ group_by })}
          />
          <NumberInput
            label={i18n.t("Wait for more, seconds")}
            placeholder={above}
            min={0}
            value={node.group_wait_s < 0 ? "" : node.group_wait_s}
            onChange={(value) => set({ group_wait_s: value === "" ? -1 : Number(value) })}
          />
        </div>
        {!isRoot && (
          <Switch
            label={i18n.t("Siblings below may look too")}
            checked={node.continue}
            onChange={(event) => set({ continue: event.currentTarget.checked })}
          />
        )}
        {may && (
          <Group gap="xs">
            <Button variant="default" onClick={onAdd}>
              {i18n.t("Add a route below")}
            </Button>
            {!isRoot && (
              <>
                <Button variant="default" onClick={() => onShift(-1)}>
                  {i18n.t("Earlier")}
                </Button>
                <Button variant="default" onClick={() => onShift(1)}>
                  {i18n.t("Later")}
                </Button>
                <Button variant="subtle" color="gray" onClick={onRemove}>
                  {i18n.t("Remove")}
                </Button>
              </>
            )}
          </Group>
        )}
      </div>
    </fieldset>
  );
}
