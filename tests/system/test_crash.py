"""kill -9 at random instants under load: every alert answered 2xx has its fate, its incident its page; a message comes
twice only where a kill lies between the copies, and once more for each kill at most."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import httpx2

from system.town import Mailbox, Tocsin, eventually, tocsin

KILLS = int(os.environ.get("CRASH_KILLS", "6"))
SENDERS = 4
TAKING_S = 1.0
"""A mail the server was taking when the process was killed is noted a little after the kill."""
PEOPLE = tuple(f"person{number}" for number in range(24))
"""Many, so that the throttle of each does not bundle the pages away."""


class Sender(threading.Thread):
    """Sends alerts with names of its own, one request after another, and notes those answered 2xx."""

    def __init__(self, house: Tocsin, number: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._house, self._number, self._stop_asked = house, number, stop
        self.answered: list[str] = []

    def run(self) -> None:
        count = 0
        with httpx2.Client(timeout=5) as client:
            while not self._stop_asked.is_set():
                names = [f"Crash{self._number}x{count + i}" for i in range(3)]
                count += 3
                owner = PEOPLE[count // 3 % len(PEOPLE)]
                body = [{"labels": {"alertname": name, "severity": "critical", "owner": owner}} for name in names]
                url = f"{self._house.url}/in/{self._house.keys['source_key']}/api/v2/alerts"
                try:
                    if client.post(url, json=body).is_success:
                        self.answered += names
                except httpx2.HTTPError:
                    self._stop_asked.wait(0.02)


def test_a_killed_process_loses_no_answered_alert_and_no_page(tmp_path: Path) -> None:
    chance = random.Random(7)
    with Mailbox() as mail, tocsin(tmp_path / "data", smtp_host="127.0.0.1", smtp_port=str(mail.port)) as house:
        populate(house)
        stop = threading.Event()
        senders = [Sender(house, number, stop) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        kills: list[float] = []
        for _ in range(KILLS):
            stop.wait(chance.uniform(0.2, 1.2))
            kills.append(time.monotonic())
            house.kill()
            house.start()
        stop.set()
        for sender in senders:
            sender.join(10)
        answered = {name for sender in senders for name in sender.answered}
        assert len(answered) > KILLS, "the load was real"
        by_name = incidents_by_alert(house)
        assert answered <= set(by_name), f"lost: {sorted(answered - set(by_name))[:5]}"
        eventually(lambda: nothing_owed(house), "nothing is owed any more", 90)
        for incident in chance.sample(sorted(by_name.values()), 50):
            pages = house.get(f"/incidents/{incident}/escalation")["pages"]
            states = {page["state"] for page in pages if page["channel"] == "email"}
            assert states <= {"delivered", "bundled"} and states, (incident, pages)
        ledger = house.get("/ledger")
        assert ledger["balanced"]
        assert ledger["received"] >= len(answered)
        assert (ledger["pending"], ledger["paged"]) == (0, len(set(by_name.values())))
        copies = mail.copies()
        twice = [at for at in copies.values() if len(at) > 1]
        print(f"\n{len(answered)} alerts answered, {len(copies)} messages, {len(twice)} more than once, {KILLS} kills")
        assert len(copies) > len(PEOPLE), "messages were under way all the time"
        for first, *again in twice:
            between = [at for at in kills if first - TAKING_S <= at <= again[-1]]
            assert len(again) <= len(between), "a message came twice although nobody was killed in between"
        assert house.stop() == 0
        verdict = house.cli("journal", "verify", "--data", str(house.data))
        assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def populate(house: Tocsin) -> None:
    """Each person has a ladder and a route of their own."""
    routes = []
    for user in PEOPLE:
        house.person(user, f"{user}@example.org")
        steps = [{"targets": [{"kind": "person", "id": user}], "delay_s": 3600}]
        house.put(f"/ladders/{user}", {"name": user, "steps": steps, "repeats": 0})
        routes.append({"name": user, "matchers": [f'owner="{user}"'], "ladder": user})
    root = {"name": "root", "group_by": ["alertname"], "group_wait_s": 0, "ladder": "default", "routes": routes}
    house.put("/routes", root)


def incidents_by_alert(house: Tocsin) -> dict[str, str]:
    """The incident of each alert name, which is its title."""
    found: dict[str, str] = {}
    cursor = ""
    while True:
        page = house.get(f"/incidents?limit=500&cursor={cursor}" if cursor else "/incidents?limit=500")
        for incident in page["items"]:
            found[incident["title"]] = incident["id"]
        cursor = page["next_cursor"]
        if not cursor:
            return found


def nothing_owed(house: Tocsin) -> bool:
    """Whether no page waits to leave or to be tried again."""
    return all(
        page["state"] not in {"planned", "held", "due", "failed"}
        for user in PEOPLE
        for page in house.get(f"/users/{user}/pages?limit=500")["items"]
    )
