"""Ten thousand odd callers for the server's doors: `python -m fuzz`."""
