"""From the alert's sending to the page's arrival at its channel, at 2,000 alerts a second."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.common import LONG_RUNS, Server, alert, ask, directory, environment, median, paced, percentile, tocsin

SECONDS = 10
BATCH = 20
ALERTS_PER_S = 2_000
PAGES_PER_S = 50
"""Every 40th alert is a trouble of its own and pages somebody; the others join what is open."""
PEOPLE = 125
"""Each gets four pages, one fewer than the throttle lets through in a minute, so that none is bundled or held."""
MARK = re.compile(rb"trouble (\d+)")


class Result(NamedTuple):
    """Milliseconds from sending and from the answer to the arrival of each page, the CPU share, and pages missing."""

    sent: list[float]
    answered: list[float]
    cpu: float
    missing: int


@contextmanager
def channel() -> Iterator[tuple[str, dict[int, float]]]:
    """A webhook receiver: its URL, and when the page about each trouble arrived."""
    arrived: dict[int, float] = {}

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            at = time.time()
            found = MARK.search(self.rfile.read(int(self.headers["content-length"])))
            if found:
                arrived.setdefault(int(found[1]), at)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A server killed at the end resets its connections."""

    with Quiet(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{receiver.server_port}/", arrived
        receiver.shutdown()


def prepare(server: Server, key: str, url: str) -> None:
    """People with a webhook each, a ladder and a route to each."""
    for number in range(PEOPLE):
        user = f"u{number}"
        ask(server, key, "PUT", f"/api/v1/users/{user}", {"name": user})
        contact = ask(server, key, "POST", f"/api/v1/users/{user}/contacts", {"channel": "webhook", "address": url})
        ask(server, key, "POST", f"/api/v1/users/{user}/contacts/{contact['id']}/vouch")
        step = {"targets": [{"kind": "person", "id": user}]}
        ask(server, key, "PUT", f"/api/v1/ladders/{user}", {"name": user, "steps": [step]})
    routes = [{"name": f"u{n}", "matchers": [f'person="u{n}"'], "ladder": f"u{n}"} for n in range(PEOPLE)]
    ask(server, key, "PUT", "/api/v1/routes", {"name": "root", "ladder": "default", "routes": routes})


def bodies() -> list[bytes]:
    """Each second's alerts in posts of BATCH; the first of every second post is a trouble of its own."""
    made = []
    for number in range(SECONDS * ALERTS_PER_S // BATCH):
        alerts = [alert(number * BATCH + i) for i in range(BATCH)]
        trouble, rest = divmod(number * PAGES_PER_S * BATCH, ALERTS_PER_S)
        if rest == 0:
            labels = {"alertname": f"Trouble{trouble}", "severity": "critical", "person": f"u{trouble % PEOPLE}"}
            alerts[0] = {"labels": labels, "annotations": {"summary": f"trouble {trouble}"}}
        made.append(msgspec.json.encode(alerts))
    return made


def measure(data: Path) -> Result:
    """One run."""
    with channel() as (url, arrived), tocsin(data) as (server, keys):
        prepare(server, keys["admin_key"], url)
        posts = bodies()
        before, began = server.cpu_s(), time.time()
        times = paced(server, posts, ALERTS_PER_S / BATCH)
        wanted = SECONDS * PAGES_PER_S
        while len(arrived) < wanted and time.time() < began + SECONDS + 30:
            time.sleep(0.1)
        cpu = (server.cpu_s() - before) / (time.time() - began)
        step = len(posts) // wanted
        sent = [(arrived[n] - times[n * step][0]) * 1000 for n in range(wanted) if n in arrived]
        answered = [max(0.0, (arrived[n] - times[n * step][1]) * 1000) for n in range(wanted) if n in arrived]
        return Result(sent, answered, cpu, wanted - len(arrived))


def run() -> None:
    """Print the medians of the runs."""
    print(f"latency: {ALERTS_PER_S} alerts/s for {SECONDS} s, {PAGES_PER_S} pages/s by webhook, median of {LONG_RUNS}")
    results = []
    for _ in range(LONG_RUNS):
        with directory() as data, environment(TOCSIN_OUTGOING_ALLOW="127.0.0.0/8"):
            results.append(measure(data))
    rows = {
        "sent to page handed over": [result.sent for result in results],
        "accepted to page handed over": [result.answered for result in results],
    }
    for name, runs in rows.items():
        p50, p99 = (median([percentile(run, share) for run in runs]) for share in (0.5, 0.99))
        print(f"  {name:29}: p50 {p50:6.1f} ms, p99 {p99:6.1f} ms (goal: 50 ms)")
    cpu, missing = median([result.cpu for result in results]), sum(result.missing for result in results)
    print(f"  CPU {cpu:.0%} of a core; pages missing: {missing}")
    print("  Alertmanager: group_wait of at least 1 s by design, not measured; GoAlert: a loop of 5 s")
