/** A room and how it stands, for components. */
import { useEffect, useSyncExternalStore } from "react";
import { Room, type RoomState } from "./room";

const rooms = new Map<string, Room>();

/** The room of an incident, entered while the caller is shown. */
export function useRoom(incident: string): [Room, RoomState] {
  let room = rooms.get(incident);
  if (!room) {
    const base = location.origin.replace(/^http/, "ws");
    room = new Room(incident, `${base}/api/v1/incidents/${encodeURIComponent(incident)}/room`);
    rooms.set(incident, room);
  }
  const here = room;
  useEffect(() => {
    here.open();
    const wake = () => {
      if (here.state.phase === "lost") here.open();
    };
    window.addEventListener("online", wake);
    window.addEventListener("offline", here.cut);
    return () => {
      window.removeEventListener("online", wake);
      window.removeEventListener("offline", here.cut);
      here.close();
    };
  }, [here]);
  return [here, useSyncExternalStore(here.watch, () => here.state)];
}
