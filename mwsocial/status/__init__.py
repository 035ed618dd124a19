"""The desk at a glance: one page on the wiki that says how it is, and shows by itself how old that is."""
