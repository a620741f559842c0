"""An installation as files: documents, what they would change, and how the change is made through the API.

Law: whoever applies a file, at a command line or in a browser, asks the same questions of the same API; nothing here
knows how they get there (`api.py`), and words are in the language that was set with `speak`.
"""
