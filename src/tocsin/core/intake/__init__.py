"""Sources, their keys and mappings, dead letters and heartbeats."""
