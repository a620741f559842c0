"""Labels: what identifies an alert in the Prometheus world.

Law: the key of a label set depends on the set alone, not on the order nor on labels without a value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from tocsin.core.intake.rules.reading import ANNOTATION_TEXT_MAX, LABEL_TEXT_MAX, LABELS_MAX, NAME_TEXT_MAX, cut

KEY_TEXT_MAX = 1_024
"""Characters of a key: longer ones are replaced by their SHA-256, as equal as the texts."""
DIGEST_BYTES = 16
"""Of BLAKE2b: nobody meets two label sets with one digest, and it is far shorter than their text."""

_FNV_OFFSET = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3
_FNV_MASK = 0xFFFFFFFFFFFFFFFF
_encode = msgspec.json.Encoder().encode


def fingerprint(labels: Mapping[str, str]) -> str:
    """Alertmanager's name of a label set: FNV-1a of 64 bits, 16 hex digits."""
    value = _FNV_OFFSET
    for name in sorted(labels):
        if labels[name]:
            for byte in b"%b\xff%b\xff" % (name.encode("utf-8", "replace"), labels[name].encode("utf-8", "replace")):
                value = ((value ^ byte) * _FNV_PRIME) & _FNV_MASK
    return f"{value:016x}"


def key_of_labels(labels: Mapping[str, str]) -> str:
    """The key of a label set, whatever its order, and whether or not it has labels without a value."""
    return key_of_sorted({name: labels[name] for name in sorted(labels) if labels[name]})


def key_of_sorted(labels: dict[str, str]) -> str:
    """The key of a label set in the order of its names, all of which have values: the digest of its JSON, in hex."""
    return hashlib.blake2b(_encode(labels), digest_size=DIGEST_BYTES).hexdigest()


def key_of(text: str) -> str:
    """A sender's identifier as a key, however long it is."""
    if len(text) <= KEY_TEXT_MAX:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def cut_labels(labels: Mapping[str, str], more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Labels as kept, sorted by name: without those that have no value, within the limits. `more` are the source's own
    labels; what the sender says itself counts more."""
    both = {**more, **{name: value for name, value in labels.items() if value}} if more else labels
    return _within_limits(both, LABEL_TEXT_MAX)


def cut_annotations(annotations: Mapping[str, str]) -> dict[str, str]:
    """Annotations as kept: longer texts than labels, the same number."""
    return _within_limits(annotations, ANNOTATION_TEXT_MAX)


def _within_limits(texts: Mapping[str, str], length_max: int) -> dict[str, str]:
    kept = {name: texts[name] for name in sorted(texts) if texts[name]}
    # Nearly always all of them together are within the limits of one; looking first is far cheaper than cutting each.
    if len("".join(kept)) <= NAME_TEXT_MAX and len("".join(kept.values())) <= length_max and len(kept) <= LABELS_MAX:
        return kept
    return {cut(name, NAME_TEXT_MAX): cut(kept[name], length_max) for name in list(kept)[:LABELS_MAX]}
