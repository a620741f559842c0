"""Calendars: business hours in a zone, days off and make-up days.

Words: a calendar is *open* within its *hours*; a *holiday* is a day off whatever the week says; a *workday* (make-up
day, 调休) is worked although the week says off; a *span* is one stretch of open time, as instants.

Invariants: hours end after they start, on the same day; a date is a holiday or a workday, not both. Where the clock
changes, hours are moved as `kernel.zone` moves any wall time, and `is_open` and `next_open` give one answer.
A calendar nobody knows is always open: a lost calendar must not silence anybody.
"""
