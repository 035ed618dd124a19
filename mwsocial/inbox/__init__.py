"""What the world says to us: mentions, timelines and searches on a wiki page, and what people decide."""
