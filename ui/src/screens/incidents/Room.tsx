/** The middle of an incident: one timeline of all that happened, and the room where people talk. */
import { Button, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useMay, useMe } from "../../api/me";
import { usePages } from "../../api/query";
import { i18n } from "../../i18n";
import { Fault, Waiting } from "../../parts/marks";
import { Avatar } from "../../parts/Person";
import { type Entry, Timeline } from "../../parts/Timeline";
import { listed } from "../../words";
import { Composer, type ComposerHandle } from "./Composer";
import { Local } from "./Local";
import { useNames } from "./names";
import css from "./Room.module.css";
import type { Heard, RoomState } from "./room";
import { useRoom } from "./useRoom";

const KINDS: Record<string, string[]> = {
  talk: ["message", "note", "status"],
  pages: ["page", "escalation"],
  alerts: ["alert", "opened"],
};
const NEAR_END = 60;
/** What a phone shows of the timeline at first: the newest, so that responders and alerts below are not far. */
const LATEST = 12;

/** What was heard in the room before the timeline was read again, as an entry. */
function asEntry(one: Heard): Entry {
  return {
    seq: one.seq,
    at: one.at,
    kind: "message",
    type: "MessagePosted",
    actor: `user:${one.user}`,
    user: one.user,
    name: one.name,
    text: one.text,
    body: one.text,
    users: [],
    alert: "",
    severity: "",
    page: null,
    id: one.id,
    alert_count: 0,
    alerts: [],
  };
}

function useEntries(incident: string, said: Heard[]) {
  const asked = { path: { incident_id: incident } };
  const { items, hasMore, more, isPending, isFetching, error, refetch } = usePages(
    "/api/v1/incidents/{incident_id}/timeline",
    asked,
    500,
  );
  const entries = useMemo(() => {
    const known = new Set(items.map((one) => one.seq));
    const fresh = hasMore ? [] : said.filter((one) => !known.has(one.seq)).map(asEntry);
    return [...items, ...fresh].sort((a, b) => a.seq - b.seq);
  }, [items, said, hasMore]);
  // a room begins at its end: the pages are read to the last
  useEffect(() => {
    if (hasMore && !isFetching) more();
  }, [hasMore, isFetching, more]);
  return { entries, isPending, isReading: isPending || hasMore, error, refetch };
}

export function Room({ incident, composer }: { incident: string; composer: RefObject<ComposerHandle | null> }) {
  const me = useMe();
  const names = useNames();
  const mayRespond = useMay("respond");
  const [room, state] = useRoom(incident);
  const [kind, setKind] = useState("all");
  const { entries, isPending, isReading, error, refetch } = useEntries(incident, state.said);
  const shown = kind === "all" ? entries : entries.filter((one) => KINDS[kind]?.includes(one.kind));
  const isNarrow = useMediaQuery("(max-width: 900px)");
  const [isWhole, setWhole] = useState(false);
  const cut = isNarrow && !isWhole ? Math.max(0, shown.length - LATEST) : 0;
  const last = entries.at(-1)?.seq ?? 0;
  const size = shown.length + state.unsent.length + state.answers.length;
  const { scroller, end, away, toEnd } = useEnd(size, state.answers.at(-1)?.id ?? "", isReading);
  const nobodySpoke = !isPending && !entries.some((one) => one.kind === "message") && state.unsent.length === 0;
  const maySpeak = mayRespond && state.maySpeak && state.phase !== "gone" && state.phase !== "forbidden";
  return (
    <section className={css.room} aria-label={i18n.t("Timeline and room")}>
      <div className={css.head}>
        <SegmentedControl
          size="xs"
          aria-label={i18n.t("Which entries")}
          value={kind}
          onChange={setKind}
          data={[
            { value: "all", label: i18n.t("All") },
            { value: "talk", label: i18n.t("Talk") },
            { value: "pages", label: i18n.t("Pages") },
            { value: "alerts", label: i18n.t("Alerts") },
          ]}
        />
        <Present state={state} />
      </div>
      <div
        className={css.scroll}
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label={i18n.t("Timeline")}
        data-last={last}
      >
        <Fault problem={error} retry={() => void refetch()} />
        {cut > 0 && (
          <Button variant="subtle" fullWidth onClick={() => setWhole(true)}>
            {i18n.t("{n, plural, one {# earlier entry} other {# earlier entries}}", { n: cut })}
          </Button>
        )}
        {isPending && !error ? <Waiting /> : <Timeline entries={shown.slice(cut)} me={me.user.id} />}
        <Local room={room} state={state} edit={(text) => composer.current?.focus(text)} />
        {nobodySpoke && maySpeak && (
          <div className={css.hint}>
            {i18n.t("Nobody has written yet. Say what you see; / lists commands, such as /page to call for help.")}
          </div>
        )}
        <div ref={end} className={css.end} />
        {away > 0 && (
          <Button className={css.pill} size="compact-sm" radius="xl" onClick={toEnd}>
            {i18n.t("{n} new ↓", { n: away })}
          </Button>
        )}
      </div>
      <div className={css.foot}>
        <Note state={state} names={names.users} mayRespond={mayRespond} />
        <Composer
          key={incident}
          ref={composer}
          incident={incident}
          names={names}
          disabled={!maySpeak}
          say={(text) => {
            room.say(text);
            setTimeout(toEnd, 0);
          }}
          typing={() => room.typing()}
        />
      </div>
    </section>
  );
}

/** The end of the timeline stays in sight unless one has scrolled away; then what is new is counted. */
function useEnd(size: number, answer: string, isReading: boolean) {
  const scroller = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const isRead = useRef(false);
  const near = useRef(true);
  const seen = useRef(size);
  const [away, setAway] = useState(0);
  const toEnd = () => {
    const box = scroller.current;
    box?.scrollTo({ top: box.scrollHeight });
    end.current?.scrollIntoView({ block: "nearest" });
    near.current = true;
    seen.current = size;
    setAway(0);
  };
  useEffect(() => {
    const onScroll = () => {
      near.current = isInSight(scroller.current, end.current);
      if (near.current) setAway(0);
    };
    // on a phone it is the page that scrolls; the events of both are heard on their way down
    window.addEventListener("scroll", onScroll, { passive: true, capture: true });
    return () => window.removeEventListener("scroll", onScroll, { capture: true });
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer takes the place of what was sent, the size stays
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || isReading) return;
    if (near.current) {
      box.scrollTop = box.scrollHeight;
      // the first reading leaves a phone's page at its head
      const isFollowing = isPage(box) ? isRead.current : document.activeElement?.tagName === "TEXTAREA";
      if (isFollowing) end.current?.scrollIntoView({ block: "nearest" });
      seen.current = size;
    } else if (size > seen.current) setAway(size - seen.current);
    isRead.current = true;
    near.current = isInSight(box, end.current);
  }, [size, answer, isReading]);
  return { scroller, end, away, toEnd };
}

/** Whether the timeline has no scroll bar of its own: on a phone the page has it, and the composer lies over its end. */
const isPage = (box: HTMLElement) => getComputedStyle(box).overflowY === "visible";

function isInSight(box: HTMLElement | null, end: HTMLElement | null): boolean {
  if (!box || !end) return true;
  if (!isPage(box)) return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
  const covered = Number.parseFloat(getComputedStyle(end).scrollMarginBottom) || 0;
  return end.getBoundingClientRect().top < innerHeight - covered + NEAR_END;
}

function Present({ state }: { state: RoomState }) {
  if (state.phase !== "open") return null;
  const names = listed(state.present.map((one) => one.name));
  return (
    <div className={css.present} title={names} role="status" aria-label={i18n.t("Here: {names}", { names })}>
      {state.present.slice(0, 8).map((one) => (
        <span key={one.user}>
          <Avatar {...one} typing={state.typing.includes(one.user)} />
        </span>
      ))}
      <span>{i18n.t("{n} here", { n: state.present.length })}</span>
    </div>
  );
}

/** Who is typing, or how the line stands. */
function Note({
  state,
  names,
  mayRespond,
}: {
  state: RoomState;
  names: { id: string; name: string }[];
  mayRespond: boolean;
}) {
  const typists = state.typing.map((id) => names.find((one) => one.id === id)?.name ?? id);
  if (state.phase === "lost" || state.phase === "connecting") {
    const waiting = state.unsent.filter((one) => !one.refused).length;
    return (
      <div className={css.note} data-warn role="status">
        {state.phase === "connecting"
          ? i18n.t("Entering the room…")
          : waiting
            ? i18n.t("Not connected, trying again. What you write is kept here and not yet sent.")
            : i18n.t("Not connected, trying again…")}
      </div>
    );
  }
  if (state.phase === "limited" && mayRespond)
    return (
      <div className={css.note} role="status">
        {i18n.t(
          "Live chat is limited here: no lasting connection can be had. What you write is sent; what others write comes a moment later.",
        )}
      </div>
    );
  if (state.phase === "gone")
    return <div className={css.note}>{i18n.t("This incident is old; its room is closed. What was said stays.")}</div>;
  if (!mayRespond || !state.maySpeak || state.phase === "forbidden")
    return <div className={css.note}>{i18n.t("You may read here. Writing needs the role of a responder.")}</div>;
  return (
    <div className={css.note} role="status" aria-live="polite">
      {typists.length === 1 && i18n.t("{name} is typing…", { name: typists[0] ?? "" })}
      {typists.length > 1 && i18n.t("{names} are typing…", { names: listed(typists) })}
    </div>
  );
}
