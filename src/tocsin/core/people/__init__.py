"""Users, teams, keys, contact points and sessions."""
