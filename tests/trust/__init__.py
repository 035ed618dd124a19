"""The proof of “exactly once”, on real servers: ``make trust`` runs all of it, ``make test`` a selection."""
