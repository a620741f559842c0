"""Escalation runs, pages and their receipts; rules of persons; the ledger of fates."""
