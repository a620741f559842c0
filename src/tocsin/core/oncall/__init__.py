"""Schedules, overrides and escalation ladders: who is on call at t."""
