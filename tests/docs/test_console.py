"""The reader of console blocks reads what a person would read."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.console import Step, missing, run, steps

PAGE = """
```console
$ echo one
one
$ echo 'two
> three' \\
four
two
$ cat <<'EOF'
$ it's
EOF
```

```sh
$ not this
```
"""


def test_commands_go_on_while_a_quote_is_open_or_a_backslash_ends_the_line() -> None:
    assert steps(PAGE)[:2] == [Step("echo one", ("one",)), Step("echo 'two\n> three' \\\nfour", ("two",))]


def test_here_documents_go_to_their_end() -> None:
    assert steps(PAGE)[2] == Step("cat <<'EOF'\n$ it's\nEOF", ())


def test_shown_lines_must_appear_in_order_with_any_spacing() -> None:
    assert missing(("a …", "c"), "a  long line\nb\nc\n") == ""
    assert missing(("c", "a …"), "a  long line\nb\nc\n") == "a …"


def _page(directory: Path, text: str) -> Path:
    page = directory / "page.md"
    page.write_text(f"```console\n{text}```\n")
    return page


def test_a_page_that_tells_the_truth_passes(tmp_path: Path) -> None:
    page = _page(tmp_path, "$ export X=5\n$ echo port 8080 $X\nport 8080 5\n")
    run(page, tmp_path, {"PATH": "/usr/bin:/bin"}, {"8080": "99"})


@pytest.mark.parametrize("lie", ["$ echo one\ntwo\n", "$ false\n", "$ exit 0\n$ echo one\none\n"])
def test_a_page_that_lies_fails(tmp_path: Path, lie: str) -> None:
    with pytest.raises(AssertionError):
        run(_page(tmp_path, lie), tmp_path, {"PATH": "/usr/bin:/bin"}, {})
