/** What was sent to whom, and whether it arrived. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { post, type Schemas } from "../../api/client";
import { refresh, useGet, usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { done, refused } from "../../parts/acts";
import { Export } from "../../parts/Export";
import { type Column, List } from "../../parts/List";
import { MESSAGE_STATES, MessageState, messageStateWord } from "../../parts/MessageState";
import { Ago, Empty, Fault, Waiting } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { Avatar } from "../../parts/Person";
import { SavedViews } from "../../parts/SavedViews";
import { useParamsOfUrl } from "../../parts/url";
import { channelWord } from "../../words";
import css from "./messages.module.css";
import { titleOf } from "./words";

type Message = Schemas["MessageShown"];
const CHANNELS = ["mailbox", "email", "webhook", "apprise", "webpush"];

export async function sendAgain(messages: Message[]): Promise<void> {
  const wanted = messages.filter((one) => one.can_retry);
  if (wanted.length === 0) return refused(i18n.t("Only what failed or was given up can be sent again."));
  const results = await Promise.allSettled(
    wanted.map((one) => post("/api/v1/messages/{message_id}/retry", { path: { message_id: one.id } } as never)),
  );
  const failed = results.filter((one) => one.status === "rejected");
  for (const one of failed) refused(one.reason);
  if (failed.length < results.length)
    done(
      i18n.t("{n, plural, one {# message is} other {# messages are}} on the way again", {
        n: results.length - failed.length,
      }),
    );
  refresh("/api/v1/messages");
}

function columns(): Column<Message>[] {
  return [
    {
      name: "state",
      title: i18n.t("State"),
      width: "minmax(116px, 178px)",
      wideOnly: true,
      rank: 1,
      cell: (one) => <MessageState state={one.state} />,
    },
    {
      name: "user",
      title: i18n.t("To"),
      width: "minmax(90px, 170px)",
      wideOnly: true,
      rank: 2,
      cell: (one) => (
        <Link to={`/people/${one.user}` as never} className={css.who}>
          <Avatar user={one.user} name={one.user_name} />
          <span>{one.user_name}</span>
        </Link>
      ),
    },
    {
      name: "channel",
      title: i18n.t("Sent by way of"),
      width: "140px",
      wideOnly: true,
      rank: 4,
      cell: (one) =>
        one.contact_label && one.contact_label !== one.channel ? one.contact_label : channelWord(one.channel),
    },
    {
      name: "title",
      title: i18n.t("About"),
      width: "minmax(100px, 1fr)",
      cell: (one) => (
        <Link to={`/messages/${one.id}` as never} className={css.title}>
          {titleOf(one)}
        </Link>
      ),
    },
    {
      name: "incident",
      title: i18n.t("Incident"),
      width: "90px",
      wideOnly: true,
      cell: (one) => one.incident && <Link to={`/incidents/${one.incident}` as never}>{one.incident}</Link>,
    },
    {
      name: "attempts",
      title: i18n.t("Attempts"),
      width: "76px",
      wideOnly: true,
      cell: (one) => (one.attempts > 1 ? `×${one.attempts}` : ""),
    },
    {
      name: "at",
      title: i18n.t("When"),
      width: "120px",
      wideOnly: true,
      rank: 3,
      cell: (one) => <Ago at={one.at} />,
    },
  ];
}

export function Messages() {
  const [params, set] = useParamsOfUrl();
  const navigate = useNavigate();
  const query = { user: params.user, channel: params.channel, state: params.state, incident: params.incident };
  const { items, more, seen, isPending, isFetching, error, refetch } = usePages("/api/v1/messages", { query });
  const filter = JSON.stringify(query);
  const isFiltered = Object.values(query).some(Boolean);
  return (
    <Page title={i18n.t("Sent messages")} wide acts={<Export what="messages" query={query} />}>
      <SavedViews
        screen="messages"
        presets={[
          { name: i18n.t("All"), query: "" },
          { name: i18n.t("Not delivered"), query: "state=failed,given_up" },
          { name: i18n.t("On their way"), query: "state=planned,held,sent" },
        ]}
      />
      <Filters params={params} set={set} />
      <Fault problem={error} retry={() => void refetch()} />
      {isPending ? (
        <Waiting />
      ) : (
        <List
          label={i18n.t("Sent messages")}
          items={items}
          id={(one) => one.id}
          columns={columns()}
          filter={filter}
          more={more}
          seen={seen}
          isFetching={isFetching}
          open={(one) => void navigate({ to: `/messages/${one.id}` as never })}
          acts={{ r: [i18n.t("Send again"), (messages) => void sendAgain(messages)] }}
          empty={
            isFiltered ? (
              <Empty
                title={i18n.t("No message matches")}
                action={
                  <Button variant="default" onClick={() => set({ user: "", channel: "", state: "", incident: "" })}>
                    {i18n.t("Clear the filters")}
                  </Button>
                }
              />
            ) : (
              <Empty
                title={i18n.t("Nothing was sent yet")}
                action={
                  <Button component={Link} to="/people/me">
                    {i18n.t("Send me a test page")}
                  </Button>
                }
              >
                {i18n.t("Each page, digest and test appears here with what became of it.")}
              </Empty>
            )
          }
        />
      )}
    </Page>
  );
}

type Set = ReturnType<typeof useParamsOfUrl>[1];

function Filters({ params, set }: { params: Record<string, string>; set: Set }) {
  const { data } = useGet("/api/v1/users", { query: { limit: 500 } });
  const states = params.state && !MESSAGE_STATES.includes(params.state) ? [params.state] : [];
  return (
    <div className={css.filters}>
      <NativeSelect
        aria-label={i18n.t("To whom")}
        value={params.user ?? ""}
        onChange={(event) => set({ user: event.currentTarget.value })}
        data={[
          { value: "", label: i18n.t("To anybody") },
          ...(data?.items.map((one) => ({ value: one.id, label: one.spec.name })) ?? []),
        ]}
      />
      <NativeSelect
        aria-label={i18n.t("Channel")}
        value={params.channel ?? ""}
        onChange={(event) => set({ channel: event.currentTarget.value })}
        data={[
          { value: "", label: i18n.t("By any channel") },
          ...CHANNELS.map((value) => ({ value, label: channelWord(value) })),
        ]}
      />
      <NativeSelect
        aria-label={i18n.t("State")}
        value={params.state ?? ""}
        onChange={(event) => set({ state: event.currentTarget.value })}
        data={[
          { value: "", label: i18n.t("Every state") },
          ...states.map((value) => ({ value, label: value.split(",").map(messageStateWord).join(" / ") })),
          ...MESSAGE_STATES.map((value) => ({ value, label: messageStateWord(value) })),
        ]}
      />
      <TextInput
        key={params.incident ?? ""}
        aria-label={i18n.t("Incident")}
        placeholder="INC-7"
        w={110}
        defaultValue={params.incident ?? ""}
        onBlur={(event) => set({ incident: event.currentTarget.value.trim() })}
        onKeyDown={(event) => event.key === "Enter" && set({ incident: event.currentTarget.value.trim() })}
      />
    </div>
  );
}
