"""The functional core: rooms, low to high, and the world that lists them. Nothing here touches the outside."""
