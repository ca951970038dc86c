"""Makes the events of a damaged track lawful, so that the MIDI library can read them.

The library refuses a whole file for one bad byte, and it loses the time of events that
it does not know. So every track is walked first: running status is written out, data
bytes are clipped, what a score has no use for is dropped and its time kept, and the
track ends at its last whole event. The result comes in pieces, because the library's
messages take two hundred times the memory of their bytes.

Source: Standard MIDI Files 1.0, RP-001 (MIDI Manufacturers Association).
"""

from collections.abc import Iterator

from composer.midi.chunks import Chunk
from composer.midi.repairs import Repairs

MAX_EVENTS = 1_000_000
"""Events of a whole file that are read; a symphony's movement has about 70,000."""
_PIECE_EVENTS = 20_000
_MAX_TEXT_BYTES = 0xFFFF
_END_OF_TRACK = b"\xff\x2f\x00"
_TEXTS = frozenset(range(1, 8))
_SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}


class _Damaged(Exception):  # noqa: N818 - says what the track is
    """The next event can't be read."""


class Budget:
    """How many events may still be read from a file, over all of its tracks."""

    def __init__(self, events: int = MAX_EVENTS) -> None:
        """Start with ``events``."""
        self.total = self.left = events


def lawful_pieces(
    data: bytes, chunk: Chunk, budget: Budget, repairs: Repairs
) -> Iterator[bytes]:
    """Yield the track's events as bytes, explicit status throughout, in pieces.

    Only the last piece ends with end-of-track.
    """
    walk = _Walk(data, chunk, repairs)
    is_open = True
    while is_open:
        wanted = min(_PIECE_EVENTS, budget.left)
        piece, is_open = walk.take(wanted)
        budget.left -= wanted if is_open else 0
        if is_open and budget.left <= 0:
            repairs.count("events", budget.total)
            piece, is_open = piece + walk.closing(), False
        yield bytes(piece)


class _Walk:
    """Walks one track; ``carry`` is the time of dropped events, due to the next one."""

    def __init__(self, data: bytes, chunk: Chunk, repairs: Repairs) -> None:
        self.data = data
        self.at = chunk.start
        self.limit = chunk.limit
        self.repairs = repairs
        self.carry = 0
        self.status = 0

    def take(self, count: int) -> tuple[bytearray, bool]:
        """Up to ``count`` events, and whether the track goes on after them."""
        out = bytearray()
        for _ in range(count):
            if self.at >= self.limit:
                self.repairs.count("no_end")
                return out + self.closing(), False
            try:
                event = self._event()
            except (_Damaged, IndexError):
                self.repairs.count("cut")
                return out + self.closing(), False
            if event:
                out += encode_length(self.carry) + event
                self.carry = 0
                if event == _END_OF_TRACK:
                    self.repairs.count("tail", self.limit - self.at)
                    return out, False
        return out, True

    def closing(self) -> bytes:
        """An end of track where the walk stands."""
        return encode_length(self.carry) + _END_OF_TRACK

    def _event(self) -> bytes:
        """Read one event; empty where it is dropped. Raises _Damaged or IndexError."""
        delta, at = self._length(self.at)
        if at >= self.limit:
            raise _Damaged
        status = self.data[at]
        if status < 0x80:
            if not self.status:
                raise _Damaged
            event, at = self._message(self.status, at)
        elif status < 0xF0:
            self.status = status
            event, at = self._message(status, at + 1)
        else:
            event, at = self._system(status, at + 1)
        if at > self.limit:
            raise _Damaged
        self.at = at
        self.carry += delta
        return event

    def _length(self, at: int) -> tuple[int, int]:
        """Read a variable-length quantity (at most 4 bytes) and the place after it."""
        data = self.data
        value = data[at]
        if value < 0x80:
            return value, at + 1
        value &= 0x7F
        for place in range(at + 1, at + 4):
            byte = data[place]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, place + 1
        raise _Damaged

    def _message(self, status: int, at: int) -> tuple[bytes, int]:
        """A channel message whose data bytes start at ``at``."""
        if 0xC0 <= status < 0xE0:
            return bytes((status, self._clipped(self.data[at]))), at + 1
        first, second = self.data[at], self.data[at + 1]
        if (first | second) >= 0x80:
            first, second = self._clipped(first), self._clipped(second)
        return bytes((status, first, second)), at + 2

    def _clipped(self, byte: int) -> int:
        """A data byte, at most 127."""
        if byte < 0x80:
            return byte
        self.repairs.count("data_byte")
        return 127

    def _system(self, status: int, at: int) -> tuple[bytes, int]:
        """Meta events that a score keeps; system messages are dropped."""
        if status == 0xFF:
            kind = self.data[at]
            length, at = self._length(at + 1)
            end = at + length
            if kind == 0x2F:
                # some writers give it a length that runs out of the track
                return _END_OF_TRACK, min(end, self.limit)
            if end > self.limit:
                raise _Damaged
            return self._meta(kind, self.data[at:end]), end
        if status in (0xF0, 0xF7):
            length, at = self._length(at)
            return b"", at + length
        self.repairs.count("system")
        return b"", at + _SYSTEM_DATA_BYTES.get(status, 0)

    def _meta(self, kind: int, body: bytes) -> bytes:
        """A meta event in the form that the library takes; empty where it is dropped."""
        if kind in _TEXTS:
            body = body[:_MAX_TEXT_BYTES]
        elif kind == 0x21 and body:
            body = body[:1]
        elif kind in _CHECKS:
            lawful = _CHECKS[kind](body)
            if not lawful:
                self.repairs.count("bad_meta")
                return b""
            body = lawful
        else:
            return b""
        return bytes((0xFF, kind)) + encode_length(len(body)) + body


def _tempo(body: bytes) -> bytes:
    """Microseconds a quarter, three bytes, above 0."""
    return body[:3] if len(body) >= 3 and any(body[:3]) else b""


def _meter(body: bytes) -> bytes:
    """Numerator 1-255, denominator as a power of two up to 64."""
    return (body + b"\x18\x08")[:4] if len(body) >= 2 and body[0] and body[1] <= 6 else b""


def _key(body: bytes) -> bytes:
    """Sharps (flats below 0) -7..7 and 1 for minor."""
    is_lawful = len(body) >= 2 and (body[0] <= 7 or body[0] >= 249) and body[1] <= 1
    return body[:2] if is_lawful else b""


_CHECKS = {0x51: _tempo, 0x58: _meter, 0x59: _key}


def encode_length(value: int) -> bytes:
    """A variable-length quantity: seven bits a byte, the highest first."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray((value & 0x7F,))
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))
