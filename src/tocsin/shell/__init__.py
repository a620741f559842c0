"""The only I/O: the engine's loop, the journal, the doors, the channels, settings and telemetry."""
