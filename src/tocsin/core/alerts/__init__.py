"""The life of alerts; silences."""
