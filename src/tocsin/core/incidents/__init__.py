"""Routes and the life of incidents."""
