"""What a merge needs of a log of SARIF that this program wrote, as a JSON Schema."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import Any

__all__ = ["SCHEMA"]

Json = dict[str, Any]


def _object(*required: str, **properties: Any) -> Json:
    """An object with these fields, of which some are required."""
    return {"type": "object", "required": list(required), "properties": properties}


def _array(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "integer", "minimum": 0}
_ARTIFACT = _object("uri", uri=_TEXT)
_REGION = _object(startLine=_NUMBER, startColumn=_NUMBER)
_LOCATION = _object(
    "physicalLocation",
    physicalLocation=_object("artifactLocation", artifactLocation=_ARTIFACT, region=_REGION),
)
_NOTE = _object(
    "level", "message", "locations",
    level={"enum": ["error", "warning", "note"]},
    message=_object("text", text=_TEXT),
    locations=_array(_LOCATION, minItems=1),
)  # fmt: skip
_INVOCATION = _object(
    "executionSuccessful", "toolExecutionNotifications",
    executionSuccessful={"type": "boolean"}, toolExecutionNotifications=_array(_NOTE),
)  # fmt: skip
_RESULT = _object(
    "ruleId", "ruleIndex", "level", "locations",
    ruleId=_TEXT, ruleIndex=_NUMBER, level={"enum": ["error", "warning", "note"]},
    locations=_array(_LOCATION, minItems=1),
)  # fmt: skip
_DRIVER = _object(
    "name", "version", "rules",
    name={"const": "vmsnap-lint"}, version=_TEXT, rules=_array(_object("id", id=_TEXT)),
)  # fmt: skip
_HIDDEN: Json = {
    "type": "object",
    "required": ["beyond_limit"],
    "additionalProperties": _NUMBER,
}
_NUMBERS: Json = {
    **_object("hidden", "judged_for", hidden=_HIDDEN, judged_for=_array({"type": "object"})),
    "additionalProperties": _NUMBER,
}
_RUN = _object(
    "tool", "invocations", "properties", "results",
    tool=_object("driver", driver=_DRIVER),
    invocations=_array(_INVOCATION, minItems=1),
    properties=_NUMBERS,
    results=_array(_RESULT),
    automationDetails=_object("id", id=_TEXT),
)  # fmt: skip
SCHEMA = _object("version", "runs", version={"const": "2.1.0"}, runs=_array(_RUN, minItems=1))
