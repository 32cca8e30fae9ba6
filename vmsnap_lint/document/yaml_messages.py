"""A parser's complaint becomes a sentence a user can act on."""

from __future__ import annotations

__all__ = ["ESCAPE", "scanner"]

ESCAPE = "found unknown escape character"

_SCANNER = {
    "mapping values are not allowed in this context": (
        'mapping values are not allowed here: a ": " inside a value needs quotes around the value'
    ),
    "block sequence entries are not allowed in this context": (
        'a list entry "- " is not allowed here'
    ),
    "mapping keys are not allowed in this context": 'a key "? " is not allowed here',
    "could not find expected ':'": 'found a line without ":" where a key and a value are expected',
    "did not find expected key": "found something else where a key is expected; "
    "check the indentation",
    "did not find expected '-' indicator": 'found something else where a list entry "- " is '
    "expected; check the indentation",
    "did not find expected ',' or ']'": 'found no "," or "]" in a list that "[" began',
    "did not find expected ',' or '}'": 'found no "," or "}" in a mapping that "{" began',
    "did not find expected node content": "found no value where one is expected",
    "did not find expected <document start>": 'found more text where "---" is expected',
    "found unexpected ':'": 'found ":" inside a value within brackets; put the value in quotes',
    "found unexpected end of stream": "found the end of the document inside quotes",
    "found unexpected document indicator": 'found "---" or "..." inside quotes',
    ESCAPE: "found an unknown escape after a backslash; single quotes take a backslash as it is",
    "found incompatible YAML document": "found a %YAML directive for another version than 1.1",
    "found undefined tag handle": "found a tag whose prefix no %TAG line declares",
}


def scanner(problem: str, text: str, index: int) -> str:
    """What is wrong at `index` of `text`, from libyaml's wording."""
    if problem == "found character that cannot start any token":
        found = text[index : index + 1]
        if found == "\t":
            return "found a tab where indentation is expected"
        return f'found "{found}", which cannot begin a value; put the value in quotes'
    if "tab character" in problem:
        return "found a tab where indentation is expected"
    if problem.endswith("<document start>") and text.startswith("%"):
        return 'a directive has no effect: kubectl cuts it off at "---" and then refuses it alone'
    return _SCANNER.get(problem, problem)
