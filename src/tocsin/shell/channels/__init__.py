"""The ways to people's devices: one file per outside thing, each an adapter with one `send`.

Law: a channel never raises for a fault of the world; it answers a receipt without secrets, and says whether trying
again makes sense.
"""
