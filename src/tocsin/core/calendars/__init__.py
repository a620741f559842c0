"""Business hours, holidays and make-up days."""
