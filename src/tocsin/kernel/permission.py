"""The permissions a command may need, spelled once. Who holds which is the business of the room `people`."""

READ = "read"  # see boards, incidents, schedules
RESPOND = "respond"  # acknowledge, resolve, note, silence, override a shift
CONFIGURE = "configure"  # teams, services, schedules, ladders, routes, sources
ADMINISTER = "administer"  # users, roles, foreign keys, backups
SELF = "self"  # what a person does to their own things; the command's field `user` names them
SIGNAL = "signal"  # send signals through a source
ROOM = "room"  # only a room, the outbox or the gateway itself, on the house's own behalf
CLOCK = "clock"  # only the ticker

PERMISSIONS = (READ, RESPOND, CONFIGURE, ADMINISTER, SELF, SIGNAL, ROOM, CLOCK)
