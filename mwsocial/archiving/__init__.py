"""What is done moves to the month's archive: nothing is lost on the way, and nothing doubled."""
