"""Measurements of the server from the outside: `python -m bench`."""
