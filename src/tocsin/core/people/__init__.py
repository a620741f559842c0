"""Users, teams, keys, contact points and sessions: who people are, how they are reached, what they may do.

Words: a *user* is a person with a *role*; a *key* lets a program act as a user, within *scopes*; a *contact point* is
an address on a channel, *verified* by a code or vouched for by an administrator; a *session* is a log-in; an *actor*
is whoever asks for something (`user:<id>`, `key:<id>`, `source:<id>`, or a part of the house).

Invariants: secrets are known as hashes only; a user is deactivated, never forgotten; a removed user holds no key, no
session and no team; once there is an active administrator there always is one; nobody is reached at an address that
was not proved; the room's one gate is `View.may`.
"""
