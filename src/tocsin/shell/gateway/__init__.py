"""The machine front doors: authenticate, admit, hand bytes to intake, answer in the sender's own words.

Words: a *door* is a protocol; a *key* is what a sender shows; a *dead letter* is a payload nobody understood.
Law: 2xx only after the durable append; nothing accepted is lost; a slow or huge sender holds up nobody else.
"""
