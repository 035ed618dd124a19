"""What strangers can send, spoiled in every way: nothing crashes without a sentence, hangs, or grows without bounds."""
