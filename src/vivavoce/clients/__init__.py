"""Clients of the server that outlive a bad network; `vivavoce` itself is their door."""
