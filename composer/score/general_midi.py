"""The General MIDI 1 sound set: names, families, sensible ranges.

Programs count from 0 (the standard's tables count from 1). Source: General MIDI System
Level 1 Developer Guidelines, MIDI Manufacturers Association. Ranges are the sounding
ranges of the real instruments with a little room (orchestration tables), wide for synths.
"""

FAMILIES = (
    "piano",
    "chromatic percussion",
    "organ",
    "guitar",
    "bass",
    "strings",
    "ensemble",
    "brass",
    "reed",
    "pipe",
    "synth lead",
    "synth pad",
    "synth effects",
    "ethnic",
    "percussive",
    "sound effects",
)
"""The sixteen families of eight programs each, in program order."""

PROGRAM_NAMES = (
    "Acoustic Grand Piano",
    "Bright Acoustic Piano",
    "Electric Grand Piano",
    "Honky-tonk Piano",
    "Electric Piano 1",
    "Electric Piano 2",
    "Harpsichord",
    "Clavinet",
    "Celesta",
    "Glockenspiel",
    "Music Box",
    "Vibraphone",
    "Marimba",
    "Xylophone",
    "Tubular Bells",
    "Dulcimer",
    "Drawbar Organ",
    "Percussive Organ",
    "Rock Organ",
    "Church Organ",
    "Reed Organ",
    "Accordion",
    "Harmonica",
    "Bandoneon",
    "Nylon Guitar",
    "Steel Guitar",
    "Jazz Guitar",
    "Clean Guitar",
    "Muted Guitar",
    "Overdriven Guitar",
    "Distortion Guitar",
    "Guitar Harmonics",
    "Acoustic Bass",
    "Finger Bass",
    "Pick Bass",
    "Fretless Bass",
    "Slap Bass 1",
    "Slap Bass 2",
    "Synth Bass 1",
    "Synth Bass 2",
    "Violin",
    "Viola",
    "Cello",
    "Contrabass",
    "Tremolo Strings",
    "Pizzicato Strings",
    "Harp",
    "Timpani",
    "Strings",
    "Slow Strings",
    "Synth Strings 1",
    "Synth Strings 2",
    "Choir Aahs",
    "Voice Oohs",
    "Synth Voice",
    "Orchestra Hit",
    "Trumpet",
    "Trombone",
    "Tuba",
    "Muted Trumpet",
    "French Horn",
    "Brass Section",
    "Synth Brass 1",
    "Synth Brass 2",
    "Soprano Sax",
    "Alto Sax",
    "Tenor Sax",
    "Baritone Sax",
    "Oboe",
    "English Horn",
    "Bassoon",
    "Clarinet",
    "Piccolo",
    "Flute",
    "Recorder",
    "Pan Flute",
    "Blown Bottle",
    "Shakuhachi",
    "Whistle",
    "Ocarina",
    "Square Lead",
    "Saw Lead",
    "Calliope Lead",
    "Chiff Lead",
    "Charang Lead",
    "Voice Lead",
    "Fifths Lead",
    "Bass Lead",
    "New Age Pad",
    "Warm Pad",
    "Polysynth Pad",
    "Choir Pad",
    "Bowed Pad",
    "Metallic Pad",
    "Halo Pad",
    "Sweep Pad",
    "Rain",
    "Soundtrack",
    "Crystal",
    "Atmosphere",
    "Brightness",
    "Goblins",
    "Echoes",
    "Sci-fi",
    "Sitar",
    "Banjo",
    "Shamisen",
    "Koto",
    "Kalimba",
    "Bagpipe",
    "Fiddle",
    "Shanai",
    "Tinkle Bell",
    "Agogo",
    "Steel Drums",
    "Woodblock",
    "Taiko Drum",
    "Melodic Tom",
    "Synth Drum",
    "Reverse Cymbal",
    "Guitar Fret Noise",
    "Breath Noise",
    "Seashore",
    "Bird Tweet",
    "Telephone Ring",
    "Helicopter",
    "Applause",
    "Gunshot",
)
"""Name of each program 0-127."""

_FAMILY_RANGES = (
    (21, 108),  # piano
    (36, 108),  # chromatic percussion
    (24, 108),  # organ
    (35, 91),  # guitar
    (20, 74),  # bass
    (24, 108),  # strings
    (24, 103),  # ensemble
    (24, 98),  # brass
    (34, 103),  # reed
    (48, 110),  # pipe
    (24, 110),  # synth lead
    (24, 108),  # synth pad
    (12, 115),  # synth effects
    (31, 103),  # ethnic
    (24, 108),  # percussive
    (0, 127),  # sound effects
)

_OWN_RANGES = {
    8: (55, 112),  # Celesta
    9: (72, 112),  # Glockenspiel
    10: (55, 112),  # Music Box
    24: (36, 93),  # Nylon Guitar
    32: (24, 72),  # Acoustic Bass
    40: (55, 108),  # Violin
    41: (48, 96),  # Viola
    42: (36, 86),  # Cello
    43: (24, 70),  # Contrabass
    45: (28, 103),  # Pizzicato Strings
    46: (23, 104),  # Harp
    47: (30, 64),  # Timpani
    48: (24, 105),  # Strings
    49: (24, 105),  # Slow Strings
    52: (36, 91),  # Choir Aahs
    53: (36, 88),  # Voice Oohs
    56: (52, 91),  # Trumpet
    57: (34, 79),  # Trombone
    58: (24, 67),  # Tuba
    59: (52, 91),  # Muted Trumpet
    60: (34, 83),  # French Horn
    61: (30, 96),  # Brass Section
    64: (54, 96),  # Soprano Sax
    65: (49, 90),  # Alto Sax
    66: (42, 84),  # Tenor Sax
    67: (36, 79),  # Baritone Sax
    68: (56, 98),  # Oboe
    69: (52, 86),  # English Horn
    70: (33, 82),  # Bassoon
    71: (48, 98),  # Clarinet
    72: (72, 112),  # Piccolo
    73: (57, 105),  # Flute
    74: (60, 104),  # Recorder
    105: (48, 96),  # Banjo
    106: (43, 91),  # Shamisen
    109: (48, 93),  # Bagpipe
    110: (55, 108),  # Fiddle
    111: (48, 93),  # Shanai
}

INSTRUMENT_RANGES: tuple[tuple[int, int], ...] = tuple(
    _OWN_RANGES.get(program, _FAMILY_RANGES[program // 8]) for program in range(128)
)
"""Lowest and highest MIDI pitch (inclusive) that suits each program."""

ONE_VOICE_PROGRAMS = frozenset({53, *range(56, 61), *range(64, 80), 111})
"""Programs of one singer or wind player, who sounds one note at a time."""

DRUM_NAMES: dict[int, str] = {
    27: "High Q",
    28: "Slap",
    29: "Scratch Push",
    30: "Scratch Pull",
    31: "Sticks",
    32: "Square Click",
    33: "Metronome Click",
    34: "Metronome Bell",
    35: "Acoustic Bass Drum",
    36: "Bass Drum 1",
    37: "Side Stick",
    38: "Acoustic Snare",
    39: "Hand Clap",
    40: "Electric Snare",
    41: "Low Floor Tom",
    42: "Closed Hi-hat",
    43: "High Floor Tom",
    44: "Pedal Hi-hat",
    45: "Low Tom",
    46: "Open Hi-hat",
    47: "Low-mid Tom",
    48: "Hi-mid Tom",
    49: "Crash Cymbal 1",
    50: "High Tom",
    51: "Ride Cymbal 1",
    52: "Chinese Cymbal",
    53: "Ride Bell",
    54: "Tambourine",
    55: "Splash Cymbal",
    56: "Cowbell",
    57: "Crash Cymbal 2",
    58: "Vibraslap",
    59: "Ride Cymbal 2",
    60: "High Bongo",
    61: "Low Bongo",
    62: "Mute High Conga",
    63: "Open High Conga",
    64: "Low Conga",
    65: "High Timbale",
    66: "Low Timbale",
    67: "High Agogo",
    68: "Low Agogo",
    69: "Cabasa",
    70: "Maracas",
    71: "Short Whistle",
    72: "Long Whistle",
    73: "Short Guiro",
    74: "Long Guiro",
    75: "Claves",
    76: "High Woodblock",
    77: "Low Woodblock",
    78: "Mute Cuica",
    79: "Open Cuica",
    80: "Mute Triangle",
    81: "Open Triangle",
    82: "Shaker",
    83: "Jingle Bell",
    84: "Belltree",
    85: "Castanets",
    86: "Mute Surdo",
    87: "Open Surdo",
}
"""Key of the percussion channel to the sound it strikes (General MIDI 1 and GS additions)."""
