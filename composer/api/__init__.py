"""The use cases: compose pieces, look into files, check the installation."""

from composer.api.composer import Composer, seeds_of
from composer.api.health import Finding, examine
from composer.api.inspection import Inspection, inspect_file
from composer.api.originality import Originality, check_originality
from composer.api.piece import Piece
from composer.api.sidecar import check_file, sidecar
from composer.compose import Sampling
from composer.request import Wishes

__all__ = [
    "Composer",
    "Finding",
    "Inspection",
    "Originality",
    "Piece",
    "Sampling",
    "Wishes",
    "check_file",
    "check_originality",
    "examine",
    "inspect_file",
    "seeds_of",
    "sidecar",
]
