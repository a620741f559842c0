"""Open-Falcon: the callback of an action, a GET with eleven parameters.

Law: its tags come in a random order and are sorted before they identify anything; its times are those of the
server's own zone.
"""

from __future__ import annotations

from tocsin.core.intake.events import SourceSpec
from tocsin.core.intake.rules.batch import Batch, content, one_of
from tocsin.core.intake.rules.plain import fields
from tocsin.core.intake.rules.reading import Reading, Request, bad
from tocsin.core.intake.rules.severity import OPENFALCON, severity_of
from tocsin.core.intake.rules.times import parse_time
from tocsin.kernel.message import Moment


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What the callback says. Repeats with a higher step are the same alert."""
    form = {**fields(request.body.decode("utf-8", "replace")), **fields(request.query)}
    endpoint, metric = form.get("endpoint", ""), form.get("metric", "")
    if not endpoint or not metric:
        return bad("endpoint and metric are needed; set this address as the callback of an action, without parameters")
    tags = _tags(form.get("tags", ""))
    listed = ",".join(f"{name}:{tags[name]}" for name in sorted(tags))
    key = f"{endpoint}/{metric}/{listed}/{_rule(form)}"
    told_at = parse_time(form.get("time", ""), spec.zone) or at
    batch = Batch()
    match status := form.get("status", ""):
        case "OK":
            batch.add(key, "resolved", told_at)
        case "PROBLEM":
            word = form.get("priority", "")
            told = content(
                spec,
                f"{endpoint} {metric} {listed}",
                severity_of(word, spec.severity_default, OPENFALCON),
                {**tags, "alertname": metric, "endpoint": endpoint, "metric": metric},
                {"left_value": form.get("left_value", "")},
                word=f"P{word}" if word else "",
            )
            batch.add(key, "firing", told_at, told)
        case _:
            return one_of("openfalcon", "status", status, "PROBLEM, OK")
    return batch.reading()


def _rule(form: dict[str, str]) -> str:
    """The strategy or, where there is none, the expression: unset ids are 0."""
    strategy, expression = form.get("stra_id", "0"), form.get("exp_id", "0")
    return f"s{strategy}" if strategy not in {"", "0"} else f"e{expression}"


def _tags(text: str) -> dict[str, str]:
    """`k:v,k:v`; a value may hold colons."""
    pairs = (pair.strip().partition(":") for pair in text.split(","))
    return {name: value for name, _, value in pairs if name}
