"""What events and reasons are called to their reader."""

from tocsin.shell.i18n import translator
from tocsin.web.words import told

PLANNED = {"page": "PG-1", "user": "ann", "rule": "admins"}


def test_a_channel_is_called_in_the_readers_language() -> None:
    said = told(translator("zh"), "why.PagePlanned", PLANNED | {"channel": "email"}, str.title)
    assert "通过邮件通知 Ann" in said


def test_a_channel_the_catalogue_does_not_know_keeps_its_name() -> None:
    assert "pigeon" in told(translator("zh"), "why.PagePlanned", PLANNED | {"channel": "pigeon"}, str.title)


def test_why_a_payload_was_not_understood_is_told_in_the_readers_language() -> None:
    error = {"error": "the body cannot be read: the JSON is a list; a JSON object is needed"}
    assert (
        told(translator("zh"), "why.DeadLetterKept", error, str)
        == "无法识别的报文：无法读取正文：JSON 是 list；需要 JSON 对象"
    )
    assert error["error"] in told(translator("en"), "why.DeadLetterKept", error, str)


def test_a_silence_is_no_id_to_its_reader() -> None:
    values: dict[str, str | int] = {"alert": 4, "rule": "silence:fdf46cdd-c0de-4b5a-b862-71e7b19009fe", "revision": 1}
    assert told(translator("en"), "why.AlertSuppressed", values, str) == "kept from paging by a silence, revision 1"
