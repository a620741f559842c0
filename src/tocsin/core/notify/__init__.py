"""Escalation runs, pages and their receipts; rules of persons; the ledger of fates.

Words. A *run* walks an incident up its ladder, *rung* by rung, *round* by round, until somebody answers. A *page* is
one message to one contact of one person; a *digest* is one message that carries several pages; the *mailbox* is the
contact everybody has. A *helper* is somebody whom a person called to an incident by hand, beside any run. A *slot* is
one contact of one person, the unit of the throttle. A *fate* is what became of a signal.

Invariants. Every planned page ends delivered, given up, cancelled or bundled. No page of a run becomes due after its
incident was answered, none to a helper after it was resolved. Nothing is dropped: a page too many for a person waits
and travels in a digest, a page of high urgency never longer than a minute. A rung nobody stands on is passed at once,
and the administrators are told. Every accepted signal has exactly one fate.
"""
