"""A condition made quick says what the expression itself says, whatever alerts look like."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.alerts.views import Alert
from tocsin.core.intake.events import Content
from tocsin.core.world import World
from tocsin.kernel.message import Moment
from tocsin.web.feed.condition import Condition, compiled
from tocsin.web.feed.facts import Facts

WORDS = st.sampled_from(["", "db", "DB", "web", "db web", "数据库"])
PATHS = st.sampled_from(
    ["labels.env", 'labels["job x"]', "alert.title", "title", "alert.severity", "alert.labels.env", "annotations.note"]
)
ATOMS = st.one_of(
    st.builds('{} {} "{}"'.format, PATHS, st.sampled_from(["==", "!="]), WORDS),
    st.builds('{}.{}("{}")'.format, PATHS, st.sampled_from(["contains", "startsWith", "endsWith"]), WORDS),
    st.builds('{}.matches("{}")'.format, PATHS, st.sampled_from(["(?i)db", "^(?:db|web)$", "d.", "[a-d]b", ""])),
    st.sampled_from(
        ["has(labels.env)", "alert.count > 0", '"env" in labels', "size(alert.title) > 2", "alert.suppressed"]
    ),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=6,
)
LABELS = st.dictionaries(st.sampled_from(["env", "job x"]), WORDS)


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, st.lists(st.tuples(WORDS, LABELS, LABELS), min_size=1, max_size=4))
def test_a_quick_condition_is_the_expression(text: str, samples: list[tuple[str, Any, Any]]) -> None:
    facts = Facts(World().look)
    alerts = [
        Alert(number, "s", "k", Content(title, "high", labels, notes), Moment(1), Moment(1), Moment(1))
        for number, (title, labels, notes) in enumerate(samples, 1)
    ]
    expression = compiled(text)

    def holds(alert: Alert) -> bool:
        whole = {name: read(alert) for name, read in facts.readers().items()}
        return expression.holds({**whole, "alert": whole})

    assert Condition(expression, facts).keep(alerts) == [alert for alert in alerts if holds(alert)]
