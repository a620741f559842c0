"""The second front door: the real engine, journal, doors and outbox on a virtual clock, a faulty disk and a lossy wire.

Words: a *seed* decides everything; a *swarm* is the choice of what this seed leaves out; a *checker* raises Broken.
Law: nothing here is a special case inside; only the four ports are replaced.
"""
