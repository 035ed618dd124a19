"""Sending: the one pass that claims, acts and records."""
