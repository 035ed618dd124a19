"""The News, the queue and the accounts kept in step: what is missing in one is proposed for it."""
