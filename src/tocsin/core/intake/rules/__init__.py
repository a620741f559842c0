"""How each protocol is read: one file a protocol, pure functions from a request to a reading.

Law: no bytes make a door raise; what is not understood is said with what, where and how to mend it; an unknown
status is never a fire. The golden facts about senders are in `tests/core/test_intake_*.py`.
"""
