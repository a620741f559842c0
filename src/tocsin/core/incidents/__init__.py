"""Routes and the life of incidents.

Words: a *route* is a node of the routing tree, its *path* (`root/db`) names it; a node that decides is a *leaf*; the
*group key* is the leaf's path with the values of its group labels. An incident is *triggered* until somebody
*acknowledges* it and *resolved* at its end. It is *waiting* before its group wait is over, *asleep* while snoozed, and
*muted* while a rule *hushes* every open alert of it; a hushed alert that may page again is *heard*. An *act* is what a
person did to how it stands; for a moment it can be *undone*, and then it stands as before and nobody is called again
who was called already. Its *room* is where people talk about it and call *helpers*; its *status* is what one of them
last said of how it stands.

Invariants: a group key leads to at most one open incident that takes new alerts; a muted incident never triggers; the
severity of an incident rises with its alerts and falls only by hand; of an alert an incident holds, whatever happens to
it is told to every open incident that holds it.
"""
