"""A desktop that shows notifications (org.freedesktop.Notifications on a bus of its own), and a hand that clicks them.

A browser on Linux gives what a service worker shows to the desktop, and hears from it what was clicked: so the whole
way of a click is tried, without a screen.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.threading import DBusConnection, ReceiveStopped, open_dbus_connection

DAEMON = shutil.which("dbus-daemon")
NAME = "org.freedesktop.Notifications"
PATIENCE_S = 30
BUS = """<busconfig><type>session</type><listen>unix:path={path}</listen>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>"""


class Desktop:
    """What is shown, in the order it came; `environment` leads a browser here."""

    def __init__(self, address: str, connection: DBusConnection) -> None:
        self.environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}
        self._connection = connection
        self._shown: SimpleQueue[str] = SimpleQueue()
        self._last = 0

    def sees(self, title: str) -> None:
        """Wait until a notification of this title is shown. One shown before may be shown again meanwhile."""
        seen: list[str] = []
        while title not in seen:
            seen.append(self._shown.get(timeout=PATIENCE_S))

    def click(self) -> None:
        """Click the notification that was shown last."""
        here = DBusAddress("/org/freedesktop/Notifications", interface=NAME)
        self._connection.send(new_signal(here, "ActionInvoked", "us", (self._last, "default")))

    def serve(self) -> None:
        """Answer what browsers ask, until it is interrupted."""
        while True:
            try:
                asked = self._connection.receive()
            except ReceiveStopped:
                return
            if asked.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(asked))

    def _answer(self, asked: Message) -> Message:
        body: Any = asked.body
        match asked.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                return new_method_return(asked, "as", (["actions", "body"],))
            case "GetServerInformation":
                return new_method_return(asked, "ssss", ("desktop", "tocsin", "1", "1.2"))
            case "Notify":
                replaced: int = body[1]
                self._last = replaced or self._last + 1
                self._shown.put(body[3])
                return new_method_return(asked, "u", (self._last,))
            case _:
                return new_method_return(asked)


@contextmanager
def desktop(directory: Path) -> Iterator[Desktop]:
    """A desktop of one's own; its bus is a file in this directory."""
    path, rules = directory / "bus", directory / "bus.xml"
    rules.write_text(BUS.format(path=path))
    assert DAEMON is not None, "dbus-daemon is not installed"
    bus = subprocess.Popen(
        [DAEMON, f"--config-file={rules}", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert bus.stdout is not None
        address = bus.stdout.readline().strip()
        with bus.stdout, open_dbus_connection(address) as connection:
            connection.send(message_bus.RequestName(NAME))
            made = Desktop(address, connection)
            listener = Thread(target=made.serve)
            listener.start()
            try:
                yield made
            finally:
                connection.interrupt()
                listener.join()
    finally:
        bus.terminate()
        bus.wait(PATIENCE_S)
