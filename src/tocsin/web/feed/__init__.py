"""The alert feed: filters, order, counts and rates over all alerts memory holds.

Law: one question looks at a bounded number of alerts for a bounded time, and lets everybody else in between.
"""
