"""Free text to wishes: rules and tables, offline, the same for the same text."""

from composer.request.text.understanding import Understood, understand

__all__ = ["Understood", "understand"]
