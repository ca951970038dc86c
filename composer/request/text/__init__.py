"""Free text to wishes: rules and tables, offline, the same for the same text."""

from composer.request.text.flags import remarks_of, told_of, with_flags
from composer.request.text.understanding import Understood, understand

__all__ = ["Understood", "remarks_of", "told_of", "understand", "with_flags"]
