"""libyaml's error messages, in words that a user can act on."""

from __future__ import annotations

__all__ = ["ESCAPE", "scanner"]

ESCAPE = "found unknown escape character"

_SCANNER = {
    "mapping values are not allowed in this context": (
        'found ": " where no key is allowed; check the indentation, or put the value in quotes'
    ),
    "block sequence entries are not allowed in this context": (
        'an array item "- " is not allowed here'
    ),
    "mapping keys are not allowed in this context": 'a key "? " is not allowed here',
    "could not find expected ':'": 'found a line without ":" where a key and a value are expected',
    "did not find expected key": "found something else where a key is expected; "
    "check the indentation",
    "did not find expected '-' indicator": 'found something else where an array item "- " is '
    "expected; check the indentation",
    "did not find expected ',' or ']'": 'found no "," or "]" in the array that "[" begins',
    "did not find expected ',' or '}'": 'found no "," or "}" in the object that "{" begins',
    "did not find expected node content": "found no value where one is expected",
    "did not find expected <document start>": 'found more text where "---" is expected',
    "found unexpected ':'": 'found ":" inside a value within brackets; put the value in quotes',
    "found unexpected end of stream": "found the end of the document inside quotes",
    "found unexpected document indicator": 'found "---" or "..." inside quotes',
    ESCAPE: "found an unknown escape after a backslash; in single quotes it has no meaning",
    "found incompatible YAML document": "found a %YAML directive for a version other than 1.1",
    "found undefined tag handle": "found a tag whose prefix no %TAG line declares",
}


def scanner(problem: str, text: str, index: int) -> str:
    """What is wrong at `index` of `text`, from libyaml's wording."""
    begins_none = problem == "found character that cannot start any token"
    character = text[index : index + 1]
    if "tab character" in problem or (begins_none and character == "\t"):
        return "found a tab where indentation is expected"
    if begins_none:
        return f'found "{character}", which cannot begin a value; put the value in quotes'
    if problem.endswith("<document start>") and text.startswith("%"):
        return 'a directive has no effect: kubectl splits it off at "---" and rejects it'
    return _SCANNER.get(problem, problem)
