"""Pictures of every page of the desk: ``python -m tests.pictures [FOLDER]``."""
