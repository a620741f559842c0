"""What alerts have in common, said as the matchers of a silence.

Law: the matchers hold for every alert they are made of. They may hold for others too; how many, who shows them says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from tocsin.kernel.matcher import MATCHERS_MAX, TEXT_MAX, Matcher

NAMES = ("alertname",)
"""Labels that say what an alert is: a silence names them wherever all alerts have them."""
VALUES_MAX = 20
"""Values one matcher lists: more are not read by anybody who answers for them."""
NAME_VALUES_MAX = 200
"""The same for NAMES: without them a silence would be about everything else the alerts happen to share."""
SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def by_name(alerts: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """What all share, and how they are called. None when a silence could not name them."""
    return _matchers(_values(alerts), NAMES)


def by_everything(alerts: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The same, and the few values of every other label all of them have: it holds for fewer others."""
    values = _values(alerts)
    return _matchers(values, values)


def _values(alerts: Sequence[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """The values of every label that all of them have."""
    names = [name for name in (alerts[0] if alerts else {}) if all(labels.get(name) for labels in alerts)]
    return {name: tuple(dict.fromkeys(labels[name] for labels in alerts)) for name in names}


def _matchers(values: Mapping[str, Sequence[str]], listed: Collection[str]) -> tuple[str, ...]:
    """What is the same in all, then the values of those labels that may be listed."""
    same = [Matcher(name, "=", some[0]) for name, some in values.items() if len(some) == 1]
    lists = [
        Matcher(name, "=~", "|".join(sorted(SPECIAL.sub(r"\\\g<0>", value) for value in some)))
        for name, some in values.items()
        if name in listed and 1 < len(some) <= (NAME_VALUES_MAX if name in NAMES else VALUES_MAX)
    ]
    texts = [str(matcher) for matcher in (*lists, *same)]
    return tuple(text for text in texts if len(text) <= TEXT_MAX)[:MATCHERS_MAX]
