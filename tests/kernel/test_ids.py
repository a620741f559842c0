"""Ids people can say on the phone."""

from __future__ import annotations

import pytest

from tocsin.kernel.ids import NAME_MAX, is_name, is_slug, number_of, numbered


def test_a_numbered_id_reads_back() -> None:
    assert numbered("INC", 1042) == "INC-1042"
    assert [number_of(text, "INC") for text in ("INC-1042", "inc-1042", "1042")] == [1042, 1042, 1042]


@pytest.mark.parametrize("text", ["", "INC-", "ALT-1", "INC-x", "INC--1", "-1", "INC-٣", "INC-²", "9" * 16])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_of(text, "INC") is None


@pytest.mark.parametrize("text", ["a", "web-1", "web.shop_eu", "7", "a" * 64])
def test_names_of_configured_things(text: str) -> None:
    assert is_slug(text)


@pytest.mark.parametrize("text", ["", "A", "-a", "a-", "a b", "a/b", "ä", "a\n", "a" * 65])
def test_other_names_are_refused(text: str) -> None:
    assert not is_slug(text)


def test_a_name_is_one_line_that_can_be_read() -> None:
    assert [is_name(text) for text in ("Ann", "王 伟", "x" * NAME_MAX)] == [True, True, True]
    assert [is_name(text) for text in ("", "  ", "a\nb", "a\x00", "x" * (NAME_MAX + 1))] == [False] * 5
