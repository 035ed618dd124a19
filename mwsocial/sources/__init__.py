"""Where suggestions come from: one file for each source, and how they get onto the wiki."""
