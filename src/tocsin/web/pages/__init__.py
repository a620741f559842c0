"""Pages rendered on the server; they work without JavaScript."""
