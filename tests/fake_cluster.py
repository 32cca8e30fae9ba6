"""An API server that answers as far as `kubectl get` asks, from a table of objects."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Resource", "serving"]

Resource = tuple[str, str, str, str]  # group, version, plural, kind


@contextmanager
def serving(
    table: Mapping[Resource, Sequence[dict[str, Any]]], forbidden: frozenset[str] = frozenset()
) -> Iterator[str]:
    """The URL of a cluster that holds these objects; it serves the kinds of the table alone."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = _answer(urlsplit(self.path).path, table, forbidden)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # its base says so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(
    path: str, table: Mapping[Resource, Sequence[dict[str, Any]]], forbidden: frozenset[str]
) -> tuple[int, dict[str, Any]]:
    parts = path.strip("/").split("/")
    if parts == ["api"]:
        return 200, {"kind": "APIVersions", "versions": ["v1"]}
    if parts == ["api", "v1"]:
        return 200, {"kind": "APIResourceList", "groupVersion": "v1", "resources": []}
    if parts == ["apis"]:
        return 200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": _groups(table)}
    for (group, version, plural, kind), objects in table.items():
        if parts[1:3] == [group, version]:
            if len(parts) == 3:
                return 200, _resources(table, group, version)
            if parts[3] == plural and plural in forbidden:
                return 403, _failure(403, "Forbidden", f"{plural} is forbidden")
            head = {"apiVersion": f"{group}/{version}", "kind": kind}
            if parts[3] == plural:
                return _found([{**head, **one} for one in objects], parts[4:], head)
    return 404, _failure(404, "NotFound", "not found")


def _found(
    objects: list[dict[str, Any]], name: list[str], head: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    """All objects, or that of the name."""
    if not name:
        return 200, {**head, "kind": f"{head['kind']}List", "metadata": {}, "items": objects}
    found = [one for one in objects if one["metadata"]["name"] == name[0]]
    return (200, found[0]) if found else (404, _failure(404, "NotFound", "not found"))


def _groups(table: Mapping[Resource, object]) -> list[dict[str, Any]]:
    versions = {group: version for group, version, _, _ in table}
    return [
        {
            "name": group,
            "versions": [{"groupVersion": f"{group}/{version}", "version": version}],
            "preferredVersion": {"groupVersion": f"{group}/{version}", "version": version},
        }
        for group, version in versions.items()
    ]


def _resources(table: Mapping[Resource, object], group: str, version: str) -> dict[str, Any]:
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/{version}",
        "resources": [
            {
                "name": plural,
                "singularName": kind.lower(),
                "namespaced": kind == "KubeVirt",
                "kind": kind,
                "verbs": ["get", "list"],
            }
            for other, _, plural, kind in table
            if other == group
        ],
    }


def _failure(code: int, reason: str, message: str) -> dict[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
