"""Notate: pictures of a score."""

from composer.notate.pianoroll import piano_roll_png, piano_roll_svg

__all__ = ["piano_roll_png", "piano_roll_svg"]
