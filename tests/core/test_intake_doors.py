"""The doors of Grafana, PagerDuty, Zabbix, Nagios, NRDP, Open-Falcon, CloudEvents and heartbeats, on real samples."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from gates import FORM, NOON, error, moment, read, signal, signals, understood

from tocsin.core.intake.events import Change, Content, MappingSpec, Signal, SourceSpec
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import HOUR_MS

BERLIN = SourceSpec(name="B", zone="Europe/Berlin")
SHANGHAI = SourceSpec(name="S", zone="Asia/Shanghai")

UNIFIED = {
    "receiver": "tocsin", "status": "firing", "orgId": 1, "version": "1", "state": "alerting", "title": "[FIRING:1]",
    "message": "…",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DatasourceNoData", "rulename": "Orders a minute", "grafana_folder": "Shop"},
            "annotations": {"summary": "No orders"},
            "startsAt": "2026-11-24T11:55:00+00:00",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://grafana/alerting/grafana/x/view",
            "fingerprint": "c6eadffa33fcdf37",
            "silenceURL": "https://grafana/silence", "dashboardURL": "", "panelURL": "https://grafana/panel",
            "values": {"B": 22.5}, "valueString": "[ var='B' value=22.5 ]", "orgId": 1,
        }
    ],
}  # fmt: skip
LEGACY = {
    "title": "[Alerting] Disk", "ruleId": 7, "ruleName": "Disk", "ruleUrl": "https://grafana/d/7", "state": "alerting",
    "message": "Disk is full", "orgId": 2, "dashboardId": 1, "panelId": 2, "tags": {"severity": "critical"},
    "evalMatches": [{"value": 91.0, "metric": "sda1", "tags": None}],
}  # fmt: skip


def test_grafana_alert_without_data_names_its_rule() -> None:
    found = signal(read("grafana", UNIFIED))
    assert (found.status, found.at) == ("firing", moment("2026-11-24T11:55:00Z"))
    assert found.content.title == "DatasourceNoData: Orders a minute"
    assert found.content.annotations["values"] == "[ var='B' value=22.5 ]"
    assert found.content.url == "https://grafana/alerting/grafana/x/view"


def test_legacy_grafana_rule_is_one_alert() -> None:
    assert signal(read("grafana", LEGACY)) == Signal(
        "rule:2:7",
        "firing",
        NOON,
        Content(
            title="Disk",
            severity="critical",
            labels={"alertname": "Disk", "severity": "critical"},
            annotations={"description": "Disk is full", "values": "sda1 = 91"},
            url="https://grafana/d/7",
            severity_original="critical",
        ),
    )
    ended = signal(read("grafana", {**LEGACY, "state": "ok"}))
    assert (ended.key, ended.status) == ("rule:2:7", "resolved")
    assert signal(read("grafana", {**LEGACY, "state": "no_data"})).content.title == "Disk: no data"
    assert signals(read("grafana", {**LEGACY, "state": "paused"})) == ()
    assert "state is 'odd'" in error(read("grafana", {**LEGACY, "state": "odd"}))
    assert "send Grafana's webhook unchanged" in error(read("grafana", {"hello": 1}))


TRIGGER = {
    "routing_key": "R" * 32, "event_action": "trigger", "dedup_key": "disk/web1",
    "payload": {
        "summary": "Disk is full on web1", "source": "web1", "severity": "error",
        "timestamp": "2026-11-24T11:58:00.000+0000", "component": "sda1", "group": "shop", "class": "disk",
        "custom_details": {"free": "1%", "tries": 3, "nested": {"a": [1]}},
    },
    "links": [{"href": "https://wiki/disk", "text": "Runbook"}], "client": "Monitor",
}  # fmt: skip
V2 = "/v2/enqueue"
V1 = "/generic/2010-04-15/create_event.json"


def test_pagerduty_trigger() -> None:
    reading = read("pagerduty", TRIGGER, path=V2)
    assert understood(reading).answer == {"dedup_key": "disk/web1"}
    assert signal(reading) == Signal(
        "disk/web1",
        "firing",
        moment("2026-11-24T11:58:00Z"),
        Content(
            title="Disk is full on web1",
            severity="high",
            labels={"class": "disk", "component": "sda1", "group": "shop", "source": "web1"},
            annotations={
                "client": "Monitor", "free": "1%", "links": "Runbook https://wiki/disk", "nested": '{"a":[1]}',
                "tries": "3",
            },
            url="https://wiki/disk",
            severity_original="error",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(("action", "status"), [("acknowledge", "acknowledged"), ("resolve", "resolved")])
def test_pagerduty_acknowledgement_and_recovery(action: str, status: str) -> None:
    found = signal(read("pagerduty", {**TRIGGER, "event_action": action}, path=V2))
    assert (found.key, found.status, found.at) == ("disk/web1", status, NOON)


def test_pagerduty_trigger_without_a_key_is_given_one() -> None:
    event = {name: value for name, value in TRIGGER.items() if name != "dedup_key"}
    one, again, later = (read("pagerduty", event, path=V2, at=at) for at in (NOON, NOON, Moment(NOON + 1)))
    key = understood(one).answer["dedup_key"]
    assert len(key) == 32
    assert signal(one).key == signal(again).key == key
    assert signal(later).key != key


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"event_action": "explode"}, "'event_action' must be one of trigger, acknowledge, resolve"),
        ({"event_action": "resolve", "dedup_key": ""}, "'dedup_key' is missing or blank"),
        ({"dedup_key": "x" * 256}, "'dedup_key' has more than 255 characters"),
        ({"payload": {}}, "'payload.summary' is missing or blank; 'payload.source' is missing or blank"),
        ({"payload": {**TRIGGER["payload"], "severity": "bad"}}, "'payload.severity' must be one of critical"),  # type: ignore[dict-item]
    ],
)  # fmt: skip
def test_pagerduty_refusals(change: dict[str, object], what: str) -> None:
    assert what in error(read("pagerduty", {**TRIGGER, **change}, path=V2))


def test_pagerduty_event_has_a_limit() -> None:
    assert "may have 524288" in error(read("pagerduty", b" " * 600_000, path=V2), 413)


def test_pagerduty_change_is_noted_and_fires_nothing() -> None:
    event = {
        "routing_key": "R" * 32,
        "payload": {"summary": "shop v2 is out", "source": "ci", "timestamp": "2026-11-24T11:00:00Z"},
        "links": [{"href": "https://ci/42"}],
    }
    found = understood(read("pagerduty", event, path="/v2/change/enqueue"))
    assert (found.signals, found.answer) == ((), {})
    assert found.changes == (
        Change("shop v2 is out", moment("2026-11-24T11:00:00Z"), {"source": "ci"}, "https://ci/42"),
    )


def test_pagerduty_v1_event_of_nagios() -> None:
    event = {
        "service_key": "S", "event_type": "trigger", "description": "web1: DOWN", "client": "Nagios",
        "incident_key": "event_source=host;host_name=web1",
        "details": {"HOSTNAME": "web1", "HOSTSTATE": "DOWN"},
    }  # fmt: skip
    reading = read("pagerduty", event, path=V1)
    assert understood(reading).answer == {"incident_key": "event_source=host;host_name=web1"}
    found = signal(reading)
    assert (found.status, found.content.severity, found.content.title) == ("firing", "critical", "web1: DOWN")
    ended = signal(read("pagerduty", {**event, "event_type": "resolve"}, path=V1))
    assert (ended.key, ended.status) == (found.key, "resolved")
    assert "'description'" in error(read("pagerduty", {**event, "description": ""}, path=V1))


ZABBIX = {
    "alert_message": "Problem started", "eventack": "No", "eventdate": "2026.11.24", "eventid": "4711",
    "eventname": "High CPU on db1", "eventtags": '[{"tag":"team","value":"db"},{"tag":"team","value":"ops"}]',
    "eventtime": "12:30:00", "eventupdate": "0", "eventvalue": "1", "event_source": "0", "hostip": "10.0.0.5",
    "hostname": "db1", "severity": "4", "triggerdesc": "CPU above 90%", "triggerid": "99", "triggeropdata": "93 %",
    "url": "https://zbx.example", "token": "K",
}  # fmt: skip


def test_zabbix_problem_in_the_servers_own_time() -> None:
    assert signal(read("zabbix", ZABBIX, spec=BERLIN)) == Signal(
        "4711",
        "firing",
        moment("2026-11-24T11:30:00Z"),
        Content(
            title="High CPU on db1",
            severity="high",
            labels={
                "alertname": "High CPU on db1", "host": "db1", "hostip": "10.0.0.5", "team": "db,ops",
                "triggerid": "99",
            },
            annotations={
                "description": "CPU above 90%", "message": "Problem started", "operational_data": "93 %",
            },
            url="https://zbx.example/tr_events.php?triggerid=99&eventid=4711",
            severity_original="4",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "status", "at"),
    [
        ({"eventvalue": "0"}, "resolved", "2026-11-24T12:00:00Z"),
        (
            {"eventvalue": "0", "event_recovery_date": "2026.11.24", "event_recovery_time": "12:45:00"},
            "resolved",
            "2026-11-24T11:45:00Z",
        ),
        ({"eventupdate": "1", "eventack": "Yes"}, "acknowledged", "2026-11-24T12:00:00Z"),
        ({"eventupdate": "1", "eventack": "No"}, "firing", "2026-11-24T11:30:00Z"),
        ({"eventupdate": "1", "eventack": "Yes", "eventvalue": "0"}, "resolved", "2026-11-24T12:00:00Z"),
    ],
)
def test_zabbix_life_of_a_problem(change: dict[str, str], status: str, at: str) -> None:
    found = signal(read("zabbix", {**ZABBIX, **change}, spec=BERLIN))
    assert (found.key, found.status, found.at) == ("4711", status, moment(at))


def test_zabbix_test_of_the_media_type_is_explained() -> None:
    body = {"eventid": "{EVENT.ID}", "eventvalue": "{EVENT.VALUE}", "token": "K"}
    assert "this is the test of a media type" in error(read("zabbix", body))


def test_zabbix_traps() -> None:
    unknown = {**ZABBIX, "hostname": "*UNKNOWN*", "severity": "{EVENT.NSEVERITY}"}
    content = signal(read("zabbix", unknown)).content
    assert ("host" in content.labels, content.severity) == (True, "medium")
    assert content.labels["host"] == "10.0.0.5"
    assert "eventid is missing" in error(read("zabbix", {"eventvalue": "1"}))
    assert "eventvalue ({EVENT.VALUE}) is 'x'" in error(read("zabbix", {**ZABBIX, "eventvalue": "x"}))
    by_trigger = {"TRIGGER.ID": "99", "HOST.NAME": "db1", "TRIGGER.STATUS": "OK"}
    found = signal(read("zabbix", by_trigger))
    assert (found.key, found.status) == ("trigger:99:db1", "resolved")


def test_zabbix_discovery_ends_by_itself() -> None:
    found = signal(read("zabbix", {**ZABBIX, "event_source": "1", "eventvalue": "2"}))
    assert (found.status, found.content.severity, found.expires_at) == ("firing", "info", NOON + HOUR_MS)


NAGIOS = {
    "NAGIOS_NOTIFICATIONTYPE": "PROBLEM", "NAGIOS_HOSTNAME": "web1", "NAGIOS_SERVICEDESC": "Disk /",
    "NAGIOS_SERVICESTATE": "WARNING", "NAGIOS_SERVICEOUTPUT": "5% free", "NAGIOS_TIMET": "1795520400",
    "NAGIOS_HOSTADDRESS": "10.0.0.1",
}  # fmt: skip


@pytest.mark.parametrize("content_type", ["application/json", FORM])
def test_nagios_problem_as_json_or_form(content_type: str) -> None:
    body = urlencode(NAGIOS) if content_type == FORM else json.dumps(NAGIOS)
    assert signal(read("nagios", body, content_type=content_type)) == Signal(
        "web1!Disk /",
        "firing",
        Moment(1_795_520_400_000),
        Content(
            title="Disk / on web1 is WARNING",
            severity="medium",
            labels={"address": "10.0.0.1", "alertname": "Disk /", "host": "web1", "service": "Disk /"},
            annotations={"description": "5% free"},
            severity_original="WARNING",
        ),
    )


@pytest.mark.parametrize(
    ("change", "statuses"),
    [
        ({"NAGIOS_NOTIFICATIONTYPE": "RECOVERY", "NAGIOS_SERVICESTATE": "OK"}, ["resolved"]),
        ({"NAGIOS_NOTIFICATIONTYPE": "RECOVERY"}, ["resolved"]),
        ({"NAGIOS_SERVICESTATE": "OK"}, ["resolved"]),
        ({"NAGIOS_NOTIFICATIONTYPE": "ACKNOWLEDGEMENT"}, ["acknowledged"]),
        ({"NAGIOS_NOTIFICATIONTYPE": "CUSTOM"}, ["firing"]),
        ({"NAGIOS_NOTIFICATIONTYPE": "FLAPPINGSTART"}, []),
        ({"NAGIOS_NOTIFICATIONTYPE": "DOWNTIMEEND"}, []),
    ],
)
def test_nagios_kinds_of_notification(change: dict[str, str], statuses: list[str]) -> None:
    assert [one.status for one in signals(read("nagios", {**NAGIOS, **change}))] == statuses


def test_nagios_host_and_other_spellings() -> None:
    body = {"notification_type": "PROBLEM", "hostname": "web1", "state": "DOWN", "type": "host", "output": "no ping"}
    found = signal(read("nagios", body))
    assert (found.key, found.content.title, found.content.severity) == ("web1", "web1 is DOWN", "critical")
    assert found.content.annotations == {"description": "no ping"}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"NAGIOS_HOSTNAME": ""}, "hostname is missing"),
        ({"NAGIOS_HOSTNAME": "$HOSTNAME$"}, "was not expanded"),
        ({"NAGIOS_SERVICESTATE": "BAD"}, "servicestate is 'BAD'"),
        ({"NAGIOS_NOTIFICATIONTYPE": "PARTY"}, "notificationtype is 'PARTY'"),
    ],
)
def test_nagios_refusals(change: dict[str, str], what: str) -> None:
    assert what in error(read("nagios", {**NAGIOS, **change}))


XML = """<?xml version='1.0'?><checkresults>
<checkresult type='host' checktype='1'><hostname>web1</hostname><state>0</state><output>up</output></checkresult>
<checkresult type='service' checktype='1'><hostname>web1</hostname><servicename>Disk</servicename><state>2</state>
<output>full &amp; slow</output></checkresult></checkresults>"""


def nrdp(**fields: str) -> object:
    return read("nrdp", urlencode({"token": "K", "cmd": "submitcheck", **fields}), path="/nrdp/", content_type=FORM)


def test_nrdp_results_as_xml() -> None:
    up, full = signals(nrdp(XMLDATA=XML))  # type: ignore[arg-type]
    assert (up.key, up.status) == ("web1", "resolved")
    assert (full.key, full.status, full.content.severity) == ("web1!Disk", "firing", "critical")
    assert full.content.annotations == {"description": "full & slow"}


def test_nrdp_results_as_json_some_of_them_bad() -> None:
    check = {"checkresult": {"type": "service"}, "hostname": "web1", "servicename": "Disk", "state": "1", "output": "o"}
    body = json.dumps({"checkresults": [check, {**check, "state": "9"}, {**check, "state": 0}]})
    found = understood(nrdp(JSONDATA=body))  # type: ignore[arg-type]
    assert [one.status for one in found.signals] == ["firing", "resolved"]
    assert found.problems == (
        "checkresult 2: state is '9'; give 0 to 3 or one of OK, WARNING, CRITICAL, UNKNOWN, UP, DOWN, UNREACHABLE",
    )


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({}, "NO DATA"),
        ({"XMLDATA": "<a>"}, "BAD XML"),
        ({"XMLDATA": "<a/>"}, "NO DATA"),
        ({"XMLDATA": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "BAD XML"),
        ({"JSONDATA": "{"}, "BAD JSON"),
        ({"cmd": "submitcmd"}, "UNKNOWN COMMAND"),
    ],
)
def test_nrdp_refusals_begin_with_the_words_clients_know(fields: dict[str, str], what: str) -> None:
    assert error(nrdp(**fields)).startswith(what)  # type: ignore[arg-type]


def test_nrdp_hello() -> None:
    assert signals(nrdp(cmd="hello")) == ()  # type: ignore[arg-type]


def falcon(**change: str) -> Signal:
    fields = {
        "endpoint": "web1", "metric": "df.bytes.free.percent", "status": "PROBLEM", "step": "1", "priority": "1",
        "time": "2026-11-24 19:59:00", "tpl_id": "3", "exp_id": "0", "stra_id": "8", "left_value": "4.2",
        "tags": "mount:/,fstype:ext4", **change,
    }  # fmt: skip
    return signal(read("openfalcon", query=urlencode(fields), content_type="", spec=SHANGHAI, method="GET"))


def test_openfalcon_problem_in_the_servers_own_time() -> None:
    found = falcon()
    assert (found.key, found.status) == ("web1/df.bytes.free.percent/fstype:ext4,mount://s8", "firing")
    assert found.at == moment("2026-11-24T11:59:00Z")
    assert (found.content.severity, found.content.severity_original) == ("critical", "P1")
    assert found.content.labels["mount"] == "/"


def test_openfalcon_tags_in_any_order_are_one_alert() -> None:
    assert falcon(tags="fstype:ext4,mount:/", step="3", status="OK").key == falcon().key
    assert falcon(status="OK").status == "resolved"
    assert falcon(stra_id="0", exp_id="5").key != falcon().key


def test_openfalcon_refusals() -> None:
    assert "endpoint and metric" in error(read("openfalcon", query="status=OK"))
    assert "status is ''" in error(read("openfalcon", query="endpoint=a&metric=b"))


EVENT = {
    "specversion": "1.0", "id": "A-1", "source": "/mon/eu", "type": "com.example.disk.triggered",
    "subject": "web1/sda1",
    "time": "2026-11-24T11:59:00Z", "severitynumber": 17,
    "data": {"title": "Disk is full", "labels": {"team": "ops"}, "free": 1},
}  # fmt: skip
STRUCTURED = "application/cloudevents+json; charset=utf-8"


def test_cloudevent_structured() -> None:
    reading = read("cloudevents", EVENT, content_type=STRUCTURED)
    assert signal(reading) == Signal(
        "/mon/eu web1/sda1",
        "firing",
        moment("2026-11-24T11:59:00Z"),
        Content(
            title="Disk is full",
            severity="high",
            labels={"source": "/mon/eu", "subject": "web1/sda1", "team": "ops", "type": "com.example.disk.triggered"},
            annotations={"free": "1"},
            severity_original="17",
        ),
    )


def test_cloudevent_binary() -> None:
    headers = {f"ce-{name}": str(value) for name, value in EVENT.items() if name != "data"}
    headers["ce-subject"] = "caf%C3%A9"
    reading = read("cloudevents", EVENT["data"], headers=headers)
    assert signal(reading).key == "/mon/eu café"
    assert signal(reading).content.title == "Disk is full"
    text = read("cloudevents", "it burns", headers=headers, content_type="text/plain")
    assert signal(text).content.title == "it burns"


def test_cloudevent_redelivery_has_the_same_command_id() -> None:
    ids = [
        understood(read("cloudevents", event, content_type=STRUCTURED)).answer["command_id"]
        for event in (EVENT, {**EVENT, "data": {}}, {**EVENT, "id": "A-2"})
    ]
    assert ids[0] == ids[1] != ids[2]


def test_cloudevents_in_a_batch_keep_their_order_and_their_problems() -> None:
    ended = {**EVENT, "id": "A-2", "type": "com.example.disk.resolved"}
    events = [EVENT, ended, {**EVENT, "type": "com.example.disk.sung"}, {**EVENT, "id": ""}, 5]
    found = understood(read("cloudevents", events, content_type="application/cloudevents-batch+json"))
    assert [(one.key, one.status) for one in found.signals] == [
        ("/mon/eu web1/sda1", "firing"),
        ("/mon/eu web1/sda1", "resolved"),
    ]
    assert [problem.partition(":")[0] for problem in found.problems] == ["event 3", "event 4", "event 5"]


def test_cloudevent_without_a_subject_is_named_by_its_type() -> None:
    event = {name: value for name, value in EVENT.items() if name != "subject"}
    ended = {**event, "type": "com.example.disk.resolved"}
    keys = [signal(read("cloudevents", one, content_type=STRUCTURED)).key for one in (event, ended)]
    assert keys == ["/mon/eu com.example.disk"] * 2


def test_cloudevent_by_mapping() -> None:
    mapping = MappingSpec(key="body.data.id", title="body.type", status="body.data.state")
    spec = SourceSpec(name="C", door="cloudevents", mapping=mapping)
    event = {**EVENT, "data": {"id": "x", "state": "DOWN"}}
    found = signal(read("cloudevents", event, content_type=STRUCTURED, spec=spec))
    assert (found.key, found.status) == ("x", "firing")


def test_cloudevent_refusals() -> None:
    assert "this is no CloudEvent" in error(read("cloudevents", {}))
    assert "specversion is '2.0'" in error(
        read("cloudevents", {**EVENT, "specversion": "2.0"}, content_type=STRUCTURED)
    )


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD"])
def test_any_request_is_a_beat(method: str) -> None:
    spec = SourceSpec(name="B", door="heartbeat", every_s=60)
    assert understood(read("heartbeat", b"whatever", method=method, spec=spec)).beats
    assert "expects no heartbeat" in error(read("heartbeat", b""), 409)


def test_no_protocol_is_guessed() -> None:
    assert "must name the protocol" in error(read("any", EVENT), 404)
