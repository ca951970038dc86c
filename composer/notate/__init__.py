"""Notate: pictures of a score."""

from composer.notate.pianoroll import draw_piano_roll, piano_roll_png, piano_roll_svg

__all__ = ["draw_piano_roll", "piano_roll_png", "piano_roll_svg"]
