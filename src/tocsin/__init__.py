"""Tocsin: an event-driven IT operations platform."""

__version__ = "0.1.0"
