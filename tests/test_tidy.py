"""The tree is tidy, and each rule of tidiness is seen to fail on a planted sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidy import complaints

SRC = Path(__file__).parent.parent / "src"
HEAD = '"""A law."""\n'


def test_the_tree_is_tidy() -> None:
    found = [
        complaint
        for path in sorted((SRC / "tocsin").rglob("*.py"))
        for complaint in complaints(path.relative_to(SRC).as_posix(), path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("tocsin/web/x.py", HEAD + "a = 1\n" * 500, "501 lines"),
        ("tocsin/web/x.py", "a = 1\n", "no docstring"),
        ("tocsin/web/x.py", HEAD + "def f():\n" + "    a = 1\n" * 71, "72 lines"),
        ("tocsin/web/x.py", HEAD + "try:\n    a = 1\nexcept Exception:\n    pass\n", "broad except"),
        ("tocsin/web/x.py", HEAD + "try:\n    a = 1\nexcept:\n    pass\n", "broad except"),
        ("tocsin/web/x.py", HEAD + "def f():\n    import json\n", "import inside a function"),
        ("tocsin/core/people/rules.py", HEAD + "open('x')\n", "open()"),
        ("tocsin/core/people/rules.py", HEAD + "a = hash('x')\n", "hash()"),
        ("tocsin/core/people/rules.py", HEAD + "a = id('x')\n", "id()"),
        ("tocsin/core/people/rules.py", HEAD + "a = datetime.now()\n", "reads the clock"),
        ("tocsin/core/people/rules.py", HEAD + "import uuid\n", "uuid is not for the pure inside"),
        ("tocsin/core/people/rules.py", HEAD + "import cel\n", "cel is not for the pure inside"),
        ("tocsin/core/people/rules.py", HEAD + "for a in {1, 2}:\n    pass\n", "iteration over a set"),
        ("tocsin/core/people/rules.py", HEAD + "b = [a for a in set((1, 2))]\n", "iteration over a set"),
        ("tocsin/core/people/rules.py", HEAD + "async def f():\n    pass\n", "async"),
        ("tocsin/core/people/rules.py", HEAD + "def f():\n    global a\n", "global"),
        ("tocsin/core/people/helpers.py", HEAD, "no furniture"),
        ("tocsin/core/people/events.py", HEAD + "class UserSet:\n    pass\n", "UserSet has no docstring"),
    ],
)
def test_a_planted_untidiness_is_found(path: str, text: str, what: str) -> None:
    assert any(what in complaint for complaint in complaints(path, text))
