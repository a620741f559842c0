"""Sources, their keys and mappings, dead letters, heartbeats; and the pure reading of every protocol.

Words: a *source* is a sender as configured, known by its key; a *door* is a protocol; a *request* comes through a door
and becomes a *reading*: understood or misunderstood. A *dead letter* is a payload nobody understood, kept for a person.
A *beat* is a sign of life of a heartbeat. A *change* is news of a deployment.
Invariants: a key opens one source; revisions of a source only grow, also when it is removed and made again; a missed
heartbeat is missed once; no bytes make a door raise; an unknown status is never a fire.
"""
