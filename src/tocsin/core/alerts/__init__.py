"""The life of alerts, and silences.

Words: a *signal* is one thing a sender said; an *alert* is a fault that stands open under a source's key; a *repeat*
is a firing signal that says nothing new; a *pulse* is when an open alert was last heard and until when it lasts; a
*grave* is the memory of a recovery, by which a late trigger is known as out of date; a *silence* keeps matching alerts
from paging, and what it keeps back is *suppressed* until it is *released*.

Invariants: a source has at most one open alert a key. Every signal of a delivery is counted by exactly one event. A
suppressed alert names an active silence that matches it. A fault never opens from a payload that was not understood.
"""
