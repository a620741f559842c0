/** One message: where it went, why this way, and each step until it arrived. */
import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import dayjs from "dayjs";
import { post, type Schemas } from "../../api/client";
import { useMay, useMe } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { MessageState, NOT_ARRIVED } from "../../parts/MessageState";
import { Ago, Card, Copy, exact, Facts, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { Reason } from "../../parts/Reason";
import { Why } from "../../parts/Why";
import { channelWord } from "../../words";
import css from "./messages.module.css";
import { kindWord, ruleWords, titleOf } from "./words";

type Shown = Schemas["MessageShown"];

export function Message() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data, error, refetch } = useGet("/api/v1/messages/{message_id}", { path: { message_id: id } });
  const trail: [string, string][] = [[i18n.t("Sent messages"), "/messages"]];
  if (!data)
    return (
      <Page title={id} trail={trail}>
        {error ? <Fault problem={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  return (
    <Page
      title={`${data.id} · ${titleOf(data)}`}
      trail={trail}
      acts={
        <>
          <Again message={data} />
          <Copy text={`${location.origin}/messages/${data.id}`} label={i18n.t("Copy link")} />
        </>
      }
      aside={<About message={data} />}
    >
      <Card title={i18n.t("What became of it")}>
        <p className={css.now}>
          <MessageState state={data.state} />
          {!NOT_ARRIVED.includes(data.state) && data.words && <span className={css.dim}>{data.words}</span>}
        </p>
        {NOT_ARRIVED.includes(data.state) && (
          <div className={css.why}>
            <Reason {...data} />
          </div>
        )}
        <Steps message={data} />
      </Card>
      <Card title={i18n.t("Why it was sent")}>
        <Why about={data.id} />
      </Card>
    </Page>
  );
}

function Steps({ message }: { message: Shown }) {
  return (
    <ol className={css.steps}>
      {message.steps.map((one, index) => (
        <li key={index}>
          <time dateTime={one.at} title={exact(one.at)}>
            {dayjs(one.at).format("HH:mm:ss.SSS")}
          </time>
          <MessageState state={one.state} />
          {one.words && (
            <span>
              {one.words}
              {one.said && <code className={css.said}>{one.said}</code>}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function Again({ message }: { message: Shown }) {
  const mayRespond = useMay("respond");
  const isOwn = useMe().user.id === message.user;
  const navigate = useNavigate();
  const again = useChange(
    () =>
      post("/api/v1/messages/{message_id}/retry", { path: { message_id: message.id } } as never) as Promise<
        Schemas["Sent"]
      >,
    "/api/v1/messages",
  );
  if (!message.can_retry || !(mayRespond || isOwn)) return null;
  return (
    <Button
      leftSection={<IconRefresh size={14} />}
      loading={again.isPending}
      onClick={() =>
        again.mutate(undefined, {
          onSuccess: (sent) => {
            done(i18n.t("On its way again as {id}", { id: sent.id }));
            void navigate({ to: `/messages/${sent.id}` as never });
          },
          onError: refused,
        })
      }
    >
      {i18n.t("Send again")}
    </Button>
  );
}

function About({ message }: { message: Shown }) {
  const incidents = message.incidents.length ? message.incidents : message.incident ? [message.incident] : [];
  return (
    <Card title={i18n.t("About")}>
      <Facts
        facts={
          [
            [i18n.t("Kind"), kindWord(message.kind)],
            [
              i18n.t("To"),
              <Link key="to" to={`/people/${message.user}` as never}>
                {message.user_name}
              </Link>,
            ],
            [i18n.t("Sent by way of"), channelWord(message.channel)],
            [i18n.t("Contact point"), message.contact_label],
            [i18n.t("Why this way"), ruleWords(message.rule)],
            [i18n.t("Planned for"), <Ago key="at" at={message.at} />],
            [i18n.t("Attempts"), String(message.attempts)],
            [
              i18n.t("In digest"),
              message.into && <Link to={`/messages/${message.into}` as never}>{message.into}</Link>,
            ],
            [
              i18n.t("Incidents"),
              incidents.length > 0 && (
                <span className={css.links}>
                  {incidents.map((one) => (
                    <Link key={one} to={`/incidents/${one}` as never}>
                      {one}
                    </Link>
                  ))}
                </span>
              ),
            ],
          ].filter(([, value]) => value) as [string, string][]
        }
      />
    </Card>
  );
}
