"""The HTTP API, one file a room."""
