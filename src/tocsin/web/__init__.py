"""HTTP for people and their programs: the API under /api/v1, the live feed, and pages rendered on the server.

Law: every change is a command to the engine, every answer is read from the views after the ink is dry, and every route
passes the one gate (`gate.py`) unless it says `open`.
"""
