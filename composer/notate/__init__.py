"""notate."""
