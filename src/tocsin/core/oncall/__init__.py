"""Schedules, overrides and escalation ladders: who is on call at t.

Words: a *schedule* has *layers*; a layer is one rotation whose *users* take *turns* and hand over at a local time;
a *restriction* is a window in which a layer is on duty. A *shift* is what comes out: one person from one instant to
another. An *override* puts another person on duty for a while. A *gap* is time with nobody on duty. A *ladder* has
*steps*, each tells its *targets* and waits.

Invariants: at most one person is on duty in a schedule at any instant; a ladder names only what exists; a revision
is never given twice, even when a schedule or ladder is removed and made again.
"""
