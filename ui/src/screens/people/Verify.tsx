/** The code that shows that a contact point is one's own, or an administrator's word for it. */
import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { post, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { Fault } from "../../parts/marks";
import css from "./people.module.css";

export function Verify({ user, contact }: { user: string; contact: Schemas["ContactShown"] }) {
  const place = { user_id: user, contact_id: contact.id };
  const [code, setCode] = useState("");
  const administers = useMay("administer");
  const verify = useChange(
    () => post("/api/v1/users/{user_id}/contacts/{contact_id}/verify", { path: place, body: { code } }),
    "/api/v1/users",
  );
  const again = useChange(
    () => post("/api/v1/users/{user_id}/contacts/{contact_id}/code", { path: place } as never),
    "/api/v1/users",
  );
  const vouch = useChange(
    () => post("/api/v1/users/{user_id}/contacts/{contact_id}/vouch", { path: place } as never),
    "/api/v1/users",
  );
  return (
    <form
      className={css.verify}
      onSubmit={(event) => {
        event.preventDefault();
        verify.mutate(undefined, { onSuccess: () => done(i18n.t("Verified. Now send a test.")) });
      }}
    >
      {contact.code_fault ? (
        <p className={css.warning}>{i18n.t("The code could not be sent: {why}", { why: contact.code_fault })}</p>
      ) : (
        <p>{i18n.t("A code of six digits is on its way there. Enter it here.")}</p>
      )}
      <Group gap="xs">
        <TextInput
          aria-label={i18n.t("Code")}
          placeholder="123456"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          w={110}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, ""))}
        />
        <Button type="submit" disabled={code.length !== 6} loading={verify.isPending}>
          {i18n.t("Verify")}
        </Button>
        <Button
          variant="default"
          loading={again.isPending}
          onClick={() =>
            again.mutate(undefined, { onSuccess: () => done(i18n.t("A new code is on its way.")), onError: refused })
          }
        >
          {i18n.t("Send a new code")}
        </Button>
        {administers && (
          <Button variant="subtle" onClick={() => vouch.mutate(undefined, { onError: refused })}>
            {i18n.t("I vouch for it")}
          </Button>
        )}
      </Group>
      <Fault problem={verify.error} />
    </form>
  );
}
