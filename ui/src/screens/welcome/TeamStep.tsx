import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { put } from "../../api/client";
import { useMe } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { idFor } from "../../parts/ids";
import { Fault } from "../../parts/marks";

export function TeamStep({ next }: { next: () => void }) {
  const { user } = useMe();
  const { data } = useGet("/api/v1/teams");
  const mine = data?.items.find((team) => team.spec.members?.includes(user.id));
  const [name, setName] = useState("");
  const save = useChange(
    () =>
      put("/api/v1/teams/{team_id}", {
        path: { team_id: idFor(name, data?.items.map((team) => team.id) ?? [], "team") },
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
