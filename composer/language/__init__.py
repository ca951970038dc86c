"""What the model reads and writes: vocabulary, grammar, encoder and decoder.

Nobody outside this room knows an event's columns or values.
"""

from composer.language.condition import CONDITION_SIZE, condition, without_mood
from composer.language.encoder import decode, encode, prefix
from composer.language.grammar import Walker
from composer.language.quantise import Loss, quantise
from composer.language.sheet import Sheet, transpose
from composer.language.unquantise import score_of
from composer.language.values import plan_of, plan_values
from composer.language.vocabulary import vocabulary_hash

__all__ = [
    "CONDITION_SIZE",
    "Loss",
    "Sheet",
    "Walker",
    "condition",
    "decode",
    "encode",
    "plan_of",
    "plan_values",
    "prefix",
    "quantise",
    "score_of",
    "transpose",
    "vocabulary_hash",
    "without_mood",
]
