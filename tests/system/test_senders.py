"""Real monitors, set up as the how-to says with only the address changed: a check fails and an incident opens; the
check recovers and the incident is over."""

from __future__ import annotations

import getpass
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from system.town import Tocsin, eventually, tocsin

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
ADDRESS = "http://tocsin.example.org:8080/in/<source key>"
NAGIOS = shutil.which("nagios4")
ICINGA = shutil.which("icinga2")
ZABBIX_JS = shutil.which("zabbix_js")
"""The engine in which a Zabbix server runs the script of a media type. (The server itself would need a database, whose
making takes half a minute.)"""
CHECK = """#!/bin/sh
test -e "$1" && echo "HTTP OK" && exit 0
echo "connection refused, 100% of 3 & more"
exit 2
"""
NAGIOS_MAIN = """
cfg_file=%(place)s/objects.cfg
log_file=%(place)s/nagios.log
object_cache_file=%(place)s/objects.cache
precached_object_file=%(place)s/objects.precache
status_file=%(place)s/status.dat
state_retention_file=%(place)s/retention.dat
check_result_path=%(place)s/results
command_file=%(place)s/commands
query_socket=%(place)s/query
lock_file=%(place)s/lock
temp_file=%(place)s/temp
temp_path=%(place)s
nagios_user=%(user)s
nagios_group=%(user)s
interval_length=1
use_syslog=0
check_for_updates=0
service_inter_check_delay_method=n
"""
NAGIOS_OBJECTS = """
define timeperiod {
    timeperiod_name always
    alias           always
    sunday          00:00-24:00
    monday          00:00-24:00
    tuesday         00:00-24:00
    wednesday       00:00-24:00
    thursday        00:00-24:00
    friday          00:00-24:00
    saturday        00:00-24:00
}
define command {
    command_name check-http
    command_line /bin/sh %(place)s/check.sh %(up)s
}
define contact {
    contact_name                  tocsin
    service_notification_commands notify-service-by-tocsin
    host_notification_commands    notify-service-by-tocsin
    service_notification_period   always
    host_notification_period      always
    service_notification_options  c,r
    host_notification_options     n
}
define host {
    host_name             web1
    address               192.0.2.7
    max_check_attempts    1
    check_period          always
    contacts              tocsin
    notification_period   always
    notification_interval 0
}
define service {
    host_name             web1
    service_description   HTTP
    check_command         check-http
    check_interval        1
    retry_interval        1
    max_check_attempts    1
    check_period          always
    contacts              tocsin
    notification_period   always
    notification_interval 0
}
%(command)s
"""
ICINGA_CONFIG = """
include <itl>
const NodeName = "here"
object Endpoint NodeName {}
object Zone NodeName { endpoints = [ NodeName ] }
object CheckerComponent "checker" {}
object NotificationComponent "notification" {}
object FileLogger "log" { path = "%(place)s/icinga.log" }
object CheckCommand "check-http" { command = [ "/bin/sh", "%(place)s/check.sh", "%(up)s" ] }
object Host "web1" { address = "192.0.2.7", check_command = "dummy" }
object Service "HTTP" {
  host_name = "web1"
  check_command = "check-http"
  check_interval = 1s
  retry_interval = 1s
  max_check_attempts = 1
}
object User "tocsin" {}
object Notification "page" {
  host_name = "web1"
  service_name = "HTTP"
  command = "notify-service-by-tocsin"
  users = [ "tocsin" ]
  interval = 0
}
%(command)s
"""


def documented(beginning: str, house: Tocsin) -> str:
    """The command as the how-to gives it, sent to this house."""
    (found,) = re.findall(rf"```text\n({beginning}.*?)```", (HOWTO / "nagios-icinga.md").read_text("utf-8"), re.S)
    assert ADDRESS in found, "the how-to has another address"
    return str(found).replace(ADDRESS, f"{house.url}/in/{house.keys['source_key']}")


@contextmanager
def running(command: Sequence[str], place: Path) -> Iterator[None]:
    """The program, stopped at the end."""
    with (place / "out.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=place)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def nagios(place: Path, up: Path, house: Tocsin) -> Iterator[None]:
    """Nagios with one host and one service, which is well while the file `up` is there."""
    assert NAGIOS is not None
    (place / "results").mkdir()
    facts = {"place": place, "up": up, "user": getpass.getuser(), "command": documented("define command", house)}
    (place / "nagios.cfg").write_text(NAGIOS_MAIN % facts)
    (place / "objects.cfg").write_text(NAGIOS_OBJECTS % facts)
    with running([NAGIOS, str(place / "nagios.cfg")], place):
        yield


@contextmanager
def icinga(place: Path, up: Path, house: Tocsin) -> Iterator[None]:
    """Icinga 2 with the same."""
    assert ICINGA is not None
    facts = {"place": place, "up": up, "command": documented("object NotificationCommand", house)}
    (place / "icinga2.conf").write_text(ICINGA_CONFIG % facts)
    own = {"RunAsUser": getpass.getuser(), "RunAsGroup": getpass.getuser()}
    for name in ("DataDir", "CacheDir", "LogDir", "InitRunDir", "SpoolDir", "ConfigDir"):
        (place / name).mkdir()
        own[name] = str(place / name)
    defined = [part for name, value in own.items() for part in ("-D", f"Configuration.{name}={value}")]
    with running([ICINGA, "daemon", "-c", str(place / "icinga2.conf"), *defined], place):
        yield


MONITORS = {
    "nagios": pytest.param(nagios, marks=pytest.mark.skipif(NAGIOS is None, reason="nagios4 is not installed")),
    "icinga": pytest.param(icinga, marks=pytest.mark.skipif(ICINGA is None, reason="icinga2 is not installed")),
}


@pytest.mark.parametrize("monitor", MONITORS.values(), ids=MONITORS)
def test_what_a_real_monitor_notifies_opens_an_incident_and_ends_it(tmp_path: Path, monitor: Any) -> None:
    up, place = tmp_path / "up", tmp_path / "monitor"
    place.mkdir()
    (place / "check.sh").write_text(CHECK)
    with tocsin(tmp_path / "data") as house, monitor(place, up, house):
        (incident,) = eventually(lambda: house.get("/incidents")["items"], "the check fails: an incident")
        assert incident["status"] == "triggered"
        (alert,) = house.get("/alerts")["items"]
        assert (alert["severity"], alert["labels"]["host"], alert["labels"]["service"]) == ("critical", "web1", "HTTP")
        assert "connection refused, 100% of 3 & more" in str(alert)
        up.touch()
        eventually(lambda: house.get("/incidents/INC-1")["status"] == "resolved", "it recovers: the incident is over")


EXPANDED = {
    "{EVENT.ID}": "4711", "{EVENT.NAME}": "No free memory", "{EVENT.NSEVERITY}": "4", "{HOST.NAME}": "app1",
    "{HOST.IP}": "192.0.2.8", "{TRIGGER.ID}": "7", "{EVENT.DATE}": "2026.11.24", "{EVENT.TIME}": "23:00:00",
    "{EVENT.TAGSJSON}": '[{"tag": "service", "value": "shop"}]', "{EVENT.UPDATE.STATUS}": "0",
    "{EVENT.ACK.STATUS}": "No", "{ALERT.MESSAGE}": "95 % used",
}  # fmt: skip
"""What a Zabbix server puts in the place of the macros."""


def run_media_type(house: Tocsin, place: Path, value: str) -> str:
    """Run the how-to's script with the how-to's parameters; returns what it returned."""
    assert ZABBIX_JS is not None
    page = (HOWTO / "zabbix.md").read_text("utf-8")
    (script,) = re.findall(r"```js\n(.*?)```", page, re.S)
    facts = EXPANDED | {
        "{EVENT.VALUE}": value,
        f"{ADDRESS}/zabbix": f"{house.url}/in/{house.keys['source_key']}/zabbix",
    }
    named = re.findall(r"^\| `(\w+)` \| `(.*?)` \|$", page, re.M)
    (place / "media.js").write_text(script)
    (place / "parameters.json").write_bytes(msgspec.json.encode({name: facts[macro] for name, macro in named}))
    done = subprocess.run(
        [ZABBIX_JS, "-s", str(place / "media.js"), "-i", str(place / "parameters.json")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(ZABBIX_JS is None, reason="zabbix_js, of a Zabbix server, is not installed")
def test_the_script_for_zabbix_runs_in_its_own_engine(tmp_path: Path) -> None:
    with tocsin(tmp_path / "data") as house:
        assert run_media_type(house, tmp_path, "1") == "OK"
        (alert,) = eventually(lambda: house.get("/alerts")["items"], "an alert")
        assert (alert["title"], alert["severity"], alert["labels"]["host"]) == ("No free memory", "high", "app1")
        assert alert["labels"]["service"] == "shop"
        assert house.get("/incidents/INC-1")["status"] == "triggered"
        assert run_media_type(house, tmp_path, "0") == "OK"
        eventually(lambda: house.get("/incidents/INC-1")["status"] == "resolved", "it recovers: the incident is over")
