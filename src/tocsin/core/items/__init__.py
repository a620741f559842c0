"""Services: what the business runs on, which team owns each, and what needs what.

Words: a *service* has an *impact* (how much its loss is felt) and *depends on* other services; its *dependents* need it
directly; what is *impacted* by its loss are the dependents, theirs, and so on.

Invariants: whatever a service depends on exists, and no service depends on itself, not even through others.
"""
