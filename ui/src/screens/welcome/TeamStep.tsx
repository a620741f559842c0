import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { put } from "../../api/client";
import { useMe } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Fault } from "../../parts/marks";

/** An id made of a name: `Payments EU` → `payments-eu`; of a name in Chinese, a short random one. */
export function idOf(name: string, fallback: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return plain || fallback;
}

export function TeamStep({ next }: { next: () => void }) {
  const { user } = useMe();
  const { data } = useGet("/api/v1/teams");
  const mine = data?.items.find((team) => team.spec.members?.includes(user.id));
  const [name, setName] = useState("");
  const save = useChange(
    () =>
      put("/api/v1/teams/{team_id}", {
        path: { team_id: idOf(name, "team-1") },
        body: { name, members: [user.id] },
        headers: { "if-none-match": "*" },
      }),
    "/api/v1/teams",
    "/api/v1/me",
  );
  return (
    <>
      {mine ? (
        <p>{i18n.t("You are in the team {name}.", { name: mine.spec.name })}</p>
      ) : (
        <>
          <p>{i18n.t("A team owns services and answers for them. You can add people later.")}</p>
          <TextInput
            label={i18n.t("Name of your team")}
            placeholder={i18n.t("Platform")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </>
      )}
      <Fault problem={save.error} />
      <Group>
        {mine ? (
          <Button onClick={next}>{i18n.t("Go on")}</Button>
        ) : (
          <>
            <Button
              disabled={!name.trim()}
              loading={save.isPending}
              onClick={() => save.mutate(undefined, { onSuccess: next })}
            >
              {i18n.t("Make the team")}
            </Button>
            <Button variant="subtle" onClick={next}>
              {i18n.t("Skip")}
            </Button>
          </>
        )}
      </Group>
    </>
  );
}
