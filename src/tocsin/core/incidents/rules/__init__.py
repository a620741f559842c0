"""The arithmetic of routing and of priority, free of messages."""
