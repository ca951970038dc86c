"""Plans and checks on the command line: write, obey, recover, measure, refuse."""

import hashlib
import json
from pathlib import Path

import pytest

from composer.cli import main
from composer.midi import write_midi
from composer.planfile import parse_plan, plan_schema, read_plan_file
from composer.score import Note, Part, Score, Tempo


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Each test works in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys, tiny_checkpoint):
    """Run a command: (exit code, stdout, stderr); those that compose take the tiny model."""

    def call(command, *options):
        model = () if command != "generate" and "from" in options else (
            "--checkpoint", str(tiny_checkpoint), "--engine", "numpy",
        )  # fmt: skip
        model = () if command in {"check", "inspect"} or "schema" in options else model
        code = main([command, *map(str, options), *model])
        return (code, *capsys.readouterr())

    return call


GOLDEN = Path(__file__).parent / "golden"
ASKED = ("--bars", 6, "--form", "ABA", "--instruments", "violin,piano", "--seed", 4)


def test_the_flags_the_plan_and_the_file_give_the_same_bytes(run):
    code, out, _ = run("plan", *ASKED, "-o", "p.yaml")
    assert (code, out) == (0, "p.yaml\n")
    plan = read_plan_file("p.yaml")
    assert plan.seed == 4
    assert [bar.returns for bar in plan.bars] == [None] * 4 + [4] * 2
    run("generate", *ASKED, "-o", "flags.mid")
    run("generate", "--plan", "p.yaml", "-o", "file.mid")
    assert Path("flags.mid").read_bytes() == Path("file.mid").read_bytes()


def test_a_complete_plan_is_a_fixed_point(run):
    run("plan", *ASKED, "-o", "p.yaml")
    code, out, _ = run("plan", "--plan", "p.yaml")
    assert code == 0
    assert out == Path("p.yaml").read_text(encoding="utf-8")


def test_a_plan_recovered_from_a_piece_composes(run):
    # a real tune: what random weights write gathers around no beat, and is timed anew
    code, out, _ = run("plan", "from", GOLDEN / "frere_jacques.mid")
    assert code == 0
    recovered = parse_plan(out)
    assert len(recovered.bars) == 8
    assert [part.program for part in recovered.parts] == [73, 70, 0]
    Path("r.yaml").write_text(out, encoding="utf-8")
    assert run("generate", "--plan", "r.yaml", "--seed", 1, "-o", "b.mid")[0] == 0


def test_a_sidecar_stands_for_its_plan(run):
    run("generate", *ASKED, "-o", "a.mid", "--sidecar")
    assert run("generate", "--plan", "a.json", "-o", "b.mid")[0] == 0
    assert Path("a.mid").read_bytes() == Path("b.mid").read_bytes()
    assert "instruments" in run("check", "b.mid", "--against", "a.json")[1]
    told = json.loads(Path("a.json").read_text(encoding="utf-8"))
    told["plan"]["sections"][0]["bars"] = 0
    Path("a.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    line = Path("a.json").read_text(encoding="utf-8").split('"bars": 0')[0].count("\n") + 1
    code, _, text = run("generate", "--plan", "a.json")
    assert (code, f"line {line}, section 1, bars" in text) == (3, True)


def test_what_a_plan_can_not_hold_of_a_file_is_told(run):
    notes = (Note(0, 60, 480, 80), Note(1920 * 2100, 62, 480, 80))
    parts = tuple(Part(program, notes) for program in range(20))
    write_midi(Score(parts, tempos=(Tempo(0, 10.0),)), "many.mid")
    code, out, text = run("plan", "from", "many.mid")
    assert code == 0
    told = (
        "the 16 parts with the most notes stay, 4 are left out",
        "the first 2,000 of 2,101 bars stay",
        "tempi are kept within 20 and 400",
    )
    assert all(f"many.mid: {one}" in text and f"# {one}" in out for one in told)
    assert len(parse_plan(out).bars) == 2000


def test_the_schema_is_printed(run):
    code, out, _ = run("plan", "schema")
    assert (code, json.loads(out)) == (0, plan_schema())


def test_check_tells_what_was_kept(run):
    run("plan", *ASKED, "-o", "p.yaml")
    run("generate", "--plan", "p.yaml", "-o", "a.mid")
    code, out, _ = run("check", "a.mid", "--against", "p.yaml", "--json")
    found = {row["name"]: row for row in json.loads(out)["controls"]}
    assert code == 0
    assert all(found[name]["is_kept"] for name in ("bars", "meter", "tempo", "instruments"))
    Path("q.yaml").write_text("sections:\n  - {bars: 6, meter: 7/8}\n", encoding="utf-8")
    code, out, told = run("check", "a.mid", "--against", "q.yaml", "--strict")
    assert code == 7
    assert "MISSED" in out
    assert "meter" in told
    assert run("check", "a.mid", "--against", "q.yaml")[0] == 0


def test_the_sidecar_says_what_made_the_piece(run, tiny_checkpoint):
    code, *_ = run("generate", *ASKED, "--temperature", 0.5, "-o", "a.mid", "--sidecar")
    told = json.loads(Path("a.json").read_text(encoding="utf-8"))
    weights = (tiny_checkpoint / "model.safetensors").read_bytes()
    assert code == 0
    assert told["seed"] == 4
    assert told["sampling"]["temperature"] == 0.5
    assert told["checkpoint"]["sha256"] == hashlib.sha256(weights).hexdigest()
    assert told["plan"]["sections"][0]["section"] == "A"
    asked = {row["name"]: row["is_kept"] for row in told["controls"]}
    assert asked["bars"]
    assert told["kept"] is all(row["is_kept"] for row in told["controls"])
    # nothing is overwritten unasked, and that is told before anything is composed
    code, _, text = run("generate", *ASKED, "-o", "b.mid", "--sidecar")
    assert code == 0
    Path("b.mid").unlink()
    code, _, text = run("generate", *ASKED, "-o", "b.mid", "--sidecar")
    assert (code, Path("b.mid").exists()) == (4, False)
    assert "b.json exists already" in text


def test_remarks_are_told_and_stand_in_json_and_sidecar(run):
    asked = ("a sad piece", "--form", "A:8 B:8", "--duration", 20, "--seed", 1, "-o", "a.mid")
    code, out, text = run("generate", *asked, "--json", "--sidecar")
    assert code == 0
    (piece,) = json.loads(out)
    assert piece["remarks"]
    assert json.loads(Path("a.json").read_text(encoding="utf-8"))["remarks"] == piece["remarks"]
    heard = " ".join(text.split())
    assert all(" ".join(remark.split()) in heard for remark in piece["remarks"])
    assert any("form is left out" in remark for remark in piece["remarks"])
    assert any("'sad'" in remark for remark in piece["remarks"])


def test_how_words_were_read_stands_in_json_and_sidecar(run):
    asked = ("sad, 4 bars, D minor, flute, swirly", "--key", "G minor", "--seed", 4)
    code, out, _ = run("generate", *asked, "-o", "a.mid", "--sidecar", "--json")
    assert code == 0
    (told,) = json.loads(out)
    assert told["understood"]["bars"] == {"value": 4, "words": ["4 bars"]}
    assert told["understood"].keys() == {"mood", "bars", "instruments"}  # the flag said the key
    assert told["ignored"] == ["swirly"]
    assert (told["key"], told["text"]) == ("G minor", asked[0])
    words = json.loads(Path("a.json").read_text(encoding="utf-8"))["words"]
    assert words == {name: told[name] for name in ("text", "understood", "ignored")}
    run("generate", *asked, "-o", "many", "--count", 2, "--sidecar")
    (one, *_) = sorted(Path("many").glob("*.json"))
    assert json.loads(one.read_text(encoding="utf-8"))["words"] == words
    assert run("generate", asked[0], "--plan", "p.yaml")[0] == 2
    run("generate", "--bars", 4, "-o", "b.mid", "--sidecar")
    assert json.loads(Path("b.json").read_text(encoding="utf-8"))["words"] is None


def test_strict_ends_with_its_own_code_where_a_wish_was_not_kept(run):
    code, _, text = run("generate", "--bars", 4, "--arc", "sad happy@3", "--strict",
                        "--seed", 1, "-o", "a.mid")  # fmt: skip
    assert Path("a.mid").exists()
    assert (code == 7) == ("not kept" in text)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("generate", "--plan", "none.yaml"), 3, "cannot read none.yaml"),
        (("generate", "--plan", "bad.yaml"), 3, "bad.yaml has 2 problems"),
        (
            ("generate", "--plan", "p.yaml", "--mood", "sad"),
            2,
            "leave out mood, or change p.yaml",
        ),
        (("generate", "sad", "--plan", "p.yaml"), 2, "leave out the words, or change p.yaml"),
        (("generate", "p.yaml"), 2, "did you mean --plan p.yaml?"),
        (("plan", "--bars", "0"), 2, "1 to 2,000 bars"),
        (("plan", "-o", "no/p.yaml"), 4, "folder no does not exist"),
        (("plan", "from", "none.mid"), 3, "none.mid"),
        (("check", "none.mid", "--against", "p.yaml"), 3, "none.mid"),
    ],
)
def test_what_cannot_be(run, options, code, told):
    Path("bad.yaml").write_text("seed: x\nsections: [{bars: 0}]\n", encoding="utf-8")
    Path("p.yaml").write_text("sections: [{bars: 2}]\n", encoding="utf-8")
    found, out, text = run(*options)
    assert (found, out) == (code, "")
    assert told in text
    assert "Traceback" not in text


def test_a_tail_without_sound_is_told(run):
    options = ("--bars", 1, "--tail", "fade", "--instruments", "piano")
    assert "without --audio there is none" in run("generate", *options, "-o", "x.mid")[2]
    assert run("generate", *options, "-o", "y.mid", "--quiet") == (0, "y.mid\n", "")
    assert "--tail" not in run("generate", *options[:2], "-o", "z.mid")[2]
