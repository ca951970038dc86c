"""Analysis: measure a Plan from a Score, one small module an estimator.

notes -> music (arrays) -> keys -> chords -> survey.analyse -> Plan
                        -> sections, roles, intensity, swing ->
"""

from composer.analysis.beats import Beats, estimate_beats
from composer.analysis.chords import chords_of
from composer.analysis.grid import grid_pull, grid_share, has_usable_grid
from composer.analysis.intensity import intensity_of, loudness_for
from composer.analysis.keys import keys_of
from composer.analysis.mood import MoodCue, explain_mood, mood_of
from composer.analysis.mood_features import mood_features
from composer.analysis.phase import first_downbeat
from composer.analysis.regrid import regrid, regrid_constant
from composer.analysis.roles import PartTraits, roles_of, traits_of
from composer.analysis.sections import sections_of
from composer.analysis.survey import analyse
from composer.analysis.swing import swing

__all__ = [
    "Beats",
    "MoodCue",
    "PartTraits",
    "analyse",
    "chords_of",
    "estimate_beats",
    "explain_mood",
    "first_downbeat",
    "grid_pull",
    "grid_share",
    "has_usable_grid",
    "intensity_of",
    "keys_of",
    "loudness_for",
    "mood_features",
    "mood_of",
    "regrid",
    "regrid_constant",
    "roles_of",
    "sections_of",
    "swing",
    "traits_of",
]
