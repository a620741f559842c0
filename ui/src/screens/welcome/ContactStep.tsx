import { Button, Group, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { post, type Schemas } from "../../api/client";
import { useMe } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Fault } from "../../parts/marks";
import css from "./Welcome.module.css";

type Contact = Schemas["ContactShown"];

export function ContactStep({ next }: { next: () => void }) {
  const { user } = useMe();
  const [address, setAddress] = useState(user.spec.email ?? "");
  const { data } = useGet("/api/v1/users/{user_id}/contacts", { path: { user_id: user.id } });
  const contacts = data?.items ?? [];
  const add = useChange(
    () =>
      post("/api/v1/users/{user_id}/contacts", {
        path: { user_id: user.id },
        body: { channel: "email", address } as never,
      }),
    "/api/v1/users",
  );
  return (
    <>
      <p>
        {i18n.t(
          "Every page lies in your mailbox here. To be woken, add an address outside; a code proves that it is yours.",
        )}
      </p>
      {contacts.map((contact) => (
        <Proof key={contact.id} contact={contact} />
      ))}
      {contacts.length === 0 && (
        <Group align="end">
          <TextInput
            className={css.grow}
            label={i18n.t("E-mail address")}
            type="email"
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button
            variant="default"
            disabled={!address.includes("@")}
            loading={add.isPending}
            onClick={() => add.mutate()}
          >
            {i18n.t("Send me a code")}
          </Button>
        </Group>
      )}
      <Fault problem={add.error} />
      <Group>
        <Button onClick={next}>
          {contacts.some((one) => one.verified) ? i18n.t("Go on") : i18n.t("The mailbox is enough for now")}
        </Button>
        <Button variant="subtle" renderRoot={(props) => <Link to="/people/$id" params={{ id: user.id }} {...props} />}>
          {i18n.t("Other ways: chat, SMS, a call")}
        </Button>
      </Group>
    </>
  );
}

function Proof({ contact }: { contact: Contact }) {
  const [code, setCode] = useState("");
  const verify = useChange(
    () =>
      post("/api/v1/users/{user_id}/contacts/{contact_id}/verify", {
        path: { user_id: contact.user, contact_id: contact.id },
        body: { code: code.trim() },
      }),
    "/api/v1/users",
  );
  if (contact.verified) return <p>{i18n.t("{address} is proved.", { address: contact.address || contact.label })}</p>;
  const address = contact.address || contact.label;
  return (
    <>
      {contact.code_fault && (
        <p role="alert">
          {i18n.t("The code could not be sent: {fault} The mailbox is enough to go on.", {
            fault: contact.code_fault,
          })}
        </p>
      )}
      <Group align="end">
        <TextInput
          className={css.grow}
          label={
            contact.code_fault
              ? i18n.t("Code for {address}", { address })
              : i18n.t("Code sent to {address}", { address })
          }
          value={code}
          autoComplete="one-time-code"
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button variant="default" disabled={!code.trim()} loading={verify.isPending} onClick={() => verify.mutate()}>
          {i18n.t("Prove it")}
        </Button>
      </Group>
      <Fault problem={verify.error} />
    </>
  );
}
