"""Whole cycles: every step of the desk in one process and one login, once or for as long as it runs."""
