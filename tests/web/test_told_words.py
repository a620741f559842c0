"""What events and reasons are called to their reader."""

from tocsin.shell.i18n import translator
from tocsin.web.words import told

PLANNED = {"page": "PG-1", "user": "ann", "rule": "admins"}


def test_a_channel_is_called_in_the_readers_language() -> None:
    said = told(translator("zh"), "why.PagePlanned", PLANNED | {"channel": "email"}, str.title)
    assert "通过邮件通知 Ann" in said


def test_a_channel_the_catalogue_does_not_know_keeps_its_name() -> None:
    assert "pigeon" in told(translator("zh"), "why.PagePlanned", PLANNED | {"channel": "pigeon"}, str.title)
