"""Piece: what was composed, and the ways to hear, keep and show it."""

import base64
import tempfile
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from composer.compose import SINGLE, Tries
from composer.errors import ComposerError
from composer.midi import to_miditoolkit, to_music21, to_pretty_midi, write_midi
from composer.notate import piano_roll_svg
from composer.plan import Plan
from composer.render import Progress, Rendering, Tail, render_file, render_score
from composer.render.audio import no_progress
from composer.score import Score, seconds_at

_PLAYER_SUFFIX, _PLAYER_TYPE = ".ogg", "audio/ogg"


@dataclass(frozen=True, slots=True)
class Piece:
    """A composed piece: its score, its complete plan, and the seed that made it.

    ``plan_tries`` and ``note_tries`` tell what was tried and which was kept.
    """

    score: Score
    plan: Plan
    seed: int
    plan_tries: Tries = SINGLE
    note_tries: Tries = SINGLE

    @property
    def seconds(self) -> float:
        """Length to the final bar line."""
        return seconds_at(self.score, self.score.end_ticks)

    @property
    def remarks(self) -> tuple[str, ...]:
        """How the request was read and what the plan could not hold of it, one line each."""
        return self.plan.remarks

    @property
    def summary(self) -> str:
        """One line for people: length, key, tempo, who plays."""
        first = self.plan.bars[0]
        minutes, seconds = divmod(round(self.seconds), 60)
        players = ", ".join(part.name for part in self.score.parts)
        count = len(self.plan.bars)
        return (
            f"{count} bar{'s' if count > 1 else ''} of {first.meter}, {minutes}:{seconds:02}, "
            f"{first.key}, {first.tempo_qpm:g} quarters a minute, for {players}"
        )

    @property
    def choice(self) -> str:
        """What was kept of several tries, for people; empty where there were none."""
        stages = (("plan", self.plan_tries), ("notes", self.note_tries))
        told = [
            f"{name} {tries.kept + 1} of {tries.count}"
            for name, tries in stages
            if tries.count > 1
        ]
        return f"kept {', '.join(told)}" if told else ""

    def as_json(self) -> dict[str, Any]:
        """What it is as plain values: length, speed (quarters a minute), key, parts."""
        first = self.plan.bars[0]
        return {
            "seed": self.seed,
            "title": self.score.title,
            "style": self.plan.style,
            "mood": asdict(self.plan.mood),
            "bars": len(self.plan.bars),
            "seconds": round(self.seconds, 3),
            "notes": self.score.note_count,
            "tempo_qpm": first.tempo_qpm,
            "meter": str(first.meter),
            "key": str(first.key),
            "instruments": [part.name for part in self.score.parts],
            "remarks": list(self.remarks),
        }

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write a MIDI file, whole or not at all; raises OutputError."""
        write_midi(self.score, path, overwrite=overwrite)
        return Path(path)

    def render(
        self,
        path: str | Path | None = None,
        *,
        overwrite: bool = False,
        tail: Tail = "ring",
        progress: Progress = no_progress,
    ) -> Rendering:
        """Play the piece into audio, and into a file (WAV, FLAC, OGG, MP3) where one is named.

        The ``tail`` rings on after the final bar line or fades to it. ``progress`` is told
        the seconds done and in all. Raises RequestError, OutputError or InputError as
        ``composer.render`` does.
        """
        if path is None:
            return render_score(self.score, tail=tail, progress=progress)
        return render_file(self.score, path, overwrite=overwrite, tail=tail, progress=progress)

    def to_pretty_midi(self) -> Any:
        """Hand over as a ``pretty_midi.PrettyMIDI``."""
        return to_pretty_midi(self.score)

    def to_miditoolkit(self) -> Any:
        """Hand over as a ``miditoolkit.MidiFile``."""
        return to_miditoolkit(self.score)

    def to_music21(self) -> Any:
        """Hand over as a ``music21.stream.Score``; raises MissingExtraError without music21."""
        return to_music21(self.score)

    def to_html(self) -> str:
        """Title, piano roll and audio player as one HTML fragment without outside links.

        The player is left out where sound does not work here.
        """
        title = escape(self.score.title or f"Piece {self.seed}")
        roll = piano_roll_svg(self.score, plan=self.plan)
        return f"<figure><figcaption>{title}</figcaption>{roll}{self._player()}</figure>"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.to_html()

    def _player(self) -> str:
        """An audio element with the sound inside, or the reason why there is none."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"piece{_PLAYER_SUFFIX}")
            try:
                self.render(path)
            except ComposerError as error:
                return f"<p>No sound: {escape(str(error))}</p>"
            sound = base64.b64encode(path.read_bytes()).decode("ascii")
        return f'<audio controls src="data:{_PLAYER_TYPE};base64,{sound}"></audio>'
