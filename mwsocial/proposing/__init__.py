"""From a decision on another page to an item on the queue: who decided, and moving without loss."""
