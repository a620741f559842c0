/** The notification rules of a person: the picture of the day, and the editor. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { put, type Schemas } from "../../api/client";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { Card, Fault, Waiting } from "../../parts/marks";
import { contactName } from "./Contacts";
import { DayPicture } from "./DayPicture";
import css from "./people.module.css";
import { RuleRows } from "./RuleRows";
import { complete, type Rule, suggested } from "./rules";

const RULES = "/api/v1/users/{user_id}/rules";
export type Named = { id: string; channel: string; name: string; verified: boolean };

const save = (user: string, rules: Rule[]): Promise<Schemas["RulesShown"]> =>
  put(RULES, { path: { user_id: user }, body: { rules } }) as never;

export function Rules({ user, zone }: { user: string; zone: string }) {
  const place = { user_id: user };
  const { data, error, refetch } = useGet(RULES, { path: place });
  const { data: contacts } = useGet("/api/v1/users/{user_id}/contacts", { path: place });
  const [draft, setDraft] = useState<Rule[] | null>(null);
  const keep = useChange((rules: Rule[]) => save(user, rules), RULES);
  if (error) return <Fault problem={error} retry={() => void refetch()} />;
  if (!data || !contacts)
    return (
      <Card title={i18n.t("Notification rules")}>
        <Waiting rows={4} />
      </Card>
    );
  const named: Named[] = contacts.items.map((one) => ({
    id: one.id,
    channel: one.channel,
    name: contactName(one),
    verified: one.verified,
  }));
  const usable = named.filter((one) => one.verified);
  const before = data.rules.map(complete);
  const rules = draft ?? before;
  const store = (wanted: Rule[]) =>
    keep.mutate(wanted, {
      onSuccess: () => {
        setDraft(null);
        done(wanted.length ? i18n.t("Rules saved") : i18n.t("The default holds again"), () =>
          save(user, before).finally(() => refetch()),
        );
      },
      onError: refused,
    });
  const action = draft ? null : (
    <Group gap="xs">
      {!data.is_default && (
        <Button variant="subtle" onClick={() => store([])}>
          {i18n.t("Back to the default")}
        </Button>
      )}
      <Button
        variant="default"
        disabled={usable.length === 0}
        onClick={() => setDraft(before.length ? before : suggested(usable))}
      >
        {data.is_default ? i18n.t("Make own rules") : i18n.t("Change")}
      </Button>
    </Group>
  );
  return (
    <Card title={i18n.t("Notification rules")} action={action}>
      {usable.length === 0 && (
        <p className={css.hint}>
          {i18n.t("Rules name contact points. Add one above and verify it, then you can make rules.")}
        </p>
      )}
      {rules.length === 0 && (
        <p className={css.hint}>
          {i18n.t(
            "The default: what is urgent goes by every contact point at once, the rest by e-mail between 08:00 and 22:00.",
          )}
        </p>
      )}
      <DayPicture rules={rules} contacts={named} zone={zone} />
      {draft && (
        <>
          <RuleRows rules={draft} contacts={named} change={setDraft} />
          <Group justify="flex-end" mt="sm">
            <Button variant="default" onClick={() => setDraft(null)}>
              {i18n.t("Cancel")}
            </Button>
            <Button loading={keep.isPending} disabled={draft.length === 0} onClick={() => store(draft)}>
              {i18n.t("Save the rules")}
            </Button>
          </Group>
        </>
      )}
    </Card>
  );
}
