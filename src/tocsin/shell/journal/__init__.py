"""The journal: every event there ever was, in order, on disk; snapshots beside it, so that starting is quick.

Law: what `append` has returned for is on disk. Rows are only ever added. The chained hash of each batch covers all
before it, so a changed, lost or added row shows, and is named.

`protocol` says what a journal is; `sqlite` is the default one, `memory` its twin for tests; `chain` the arithmetic of
the hash; `snapshot` and `follower` let a start read a little instead of everything; `export` takes copies out and
back in; `why` walks from an event back to its cause.
"""
