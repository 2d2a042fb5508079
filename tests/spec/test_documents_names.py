"""What documents call by its name is there: anchors, commands and their options, files, routes, buttons."""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from core.command import main

ROOT = Path(__file__).parents[2]
WRITTEN = sorted(
    path
    for path in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "clients").rglob("*.md"),
        ROOT / "dashboards" / "README.md",
    ]
    if path.name not in ("CHANGELOG.md", "api-changes.md")
)
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in WRITTEN}
_FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?<=\n\n)(?:    \S.*\n)+")
# Languages of examples: what is run says so, what is not says what else it is.
LANGUAGES = {"", "conf", "ini", "json", "jsonc", "python", "sh", "text", "xml", "yaml", "nginx", "sql"}

# Files that are made when there is something to put into them, or by the reader.
MADE = ("docs/api-changes.md", "tests/fixtures/foreign/radiator.json")
_INVENTED = ("Lin Yulan",)
# A description does not describe itself; a socket and where a browser is sent to are no calls of programs.
_NOT_IN_IT = ("/api/v1/openapi.json", "/api/v1/live", "/provider/callback")


def prose(text: str) -> str:
    """A document without its fenced examples."""
    return _FENCED.sub("", text)


def spans(text: str) -> list[str]:
    """What stands in single backticks."""
    return re.findall(r"`([^`\n]+)`", prose(text))


def examples(text: str) -> list[str]:
    """The lines of all examples, fenced or indented, those that end in a backslash joined with the next."""
    blocks = [block for _, block in _FENCED.findall(text)] + _INDENTED.findall(prose(text))
    return [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as forges make them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def faults(wrong: Callable[[str, str], Iterable[str]]) -> list[str]:
    """What is wrong, of all documents; `wrong` is given the name and the text of one."""
    return [f"{name}: {what}" for name, text in TEXTS.items() for what in wrong(name, text)]


def test_every_anchor_is_a_heading() -> None:
    def wrong(name: str, text: str) -> Iterator[str]:
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", text):
            there = ((ROOT / name).parent / target).read_text(encoding="utf-8") if target else text
            if anchor not in anchors(there):
                yield f"{target}#{anchor}"

    assert not faults(wrong)


def test_examples_are_of_languages_of_which_it_is_known_whether_they_are_run() -> None:
    assert not faults(lambda _, text: {language for language, _ in _FENCED.findall(text)} - LANGUAGES)


def commands(text: str) -> list[list[str]]:
    """The words of each `nowalls ...` in a document."""
    found = []
    for line in [*spans(text), *examples(text)]:
        said = re.match(r"(?:\$ |exec )?(?:\.venv/bin/)?nowalls +([^|>;#…]*)", line)
        if said and not re.match(r"nowalls (is|speaks|with|DIR) ", said[0]):
            found.append(shlex.split(said[1].replace("...", "").replace("'", "")))
    return found


def wrong_of(words: list[str]) -> str:
    """What of a command line there is not; "" when all of it is."""
    command: click.Command = main
    context = click.Context(main)
    rest = list(words)
    while rest:
        word = rest.pop(0)
        options = {name: option for option in command.params if isinstance(option, click.Option)
                   for name in [*option.opts, *option.secondary_opts]} | {"--help": None}  # fmt: skip
        if word.startswith("-"):
            option, _, value = word.partition("=")
            if option not in options:
                return word
            known = options[option]
            if known is not None and not known.is_flag and not value and rest:
                rest.pop(0)
        elif isinstance(command, click.Group):
            below = command.get_command(context, word)
            if below is None:
                return word
            command = below
    return ""


def test_every_command_and_its_options_are_there() -> None:
    assert sum(len(commands(text)) for text in TEXTS.values()) > 80
    assert wrong_of(["devices", "list", "--nonsense"]) == "--nonsense"
    assert not faults(lambda _, text: filter(None, map(wrong_of, commands(text))))


def test_every_target_and_module_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    def wrong(_: str, text: str) -> Iterator[str]:
        for line in [*spans(text), *examples(text)]:
            yield from set(re.findall(r"^make ([a-z]+)", line)) - targets
            for module in set(re.findall(r"python -m ([a-z_.]+)", line)) - {"pytest", "pip"}:
                path = ROOT / module.replace(".", "/")
                if not path.with_suffix(".py").exists() and not path.is_dir():
                    yield line

    assert not faults(wrong)


def test_every_file_that_is_named_is_there() -> None:
    def wrong(name: str, text: str) -> Iterator[str]:
        for span in spans(text):
            named = re.fullmatch(r"(?!out/)[a-z_]+(?:/[\w.-]+)+\.(?:py|sql|js|json|md|yaml|html|conf)", span)
            if named and not any((place / span).exists() for place in (ROOT, (ROOT / name).parent)):
                yield span

    assert not [fault for fault in faults(wrong) if not fault.endswith(MADE)]


def test_every_route_that_is_named_is_there() -> None:
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    known = {(method, _plain(path)) for path, item in paths.items() for method in item}

    def wrong(_: str, text: str) -> Iterator[str]:
        for span in spans(text):
            said = re.match(r"(GET|POST|PUT|PATCH|DELETE) (/[^\s?]*)", span)
            if (
                said
                and "..." not in said[2]
                and not said[2].startswith("/fhir")
                and said[2] not in _NOT_IN_IT
            ):
                path = _plain(said[2].rstrip("/"))
                if not {(said[1].lower(), place + path) for place in ("", "/api/v1", "/api/v1/care")} & known:
                    yield span

    assert not faults(wrong)


def _plain(path: str) -> str:
    """A route whose parameters have no names."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_every_button_is_called_what_it_is_called_on_the_page() -> None:
    pages = (ROOT / "dashboards" / "static" / "messages").glob("*.js")
    words = {word for page in pages for word in re.findall(r'en: "([^"]*)"', page.read_text("utf-8"))}
    for name in ("README.md", "docs/tutorial.md", "docs/how-to.md"):
        for label in re.findall(r"(?<![*\w])\*([A-Z][^*\n]+)\*(?![*\w])", prose(TEXTS[name])):
            there = (
                word.startswith(label[:-3]) if label.endswith("...") else word == label for word in words
            )
            assert any(there) or label in _INVENTED, f"{name}: {label}"
