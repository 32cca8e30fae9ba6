"""Makes charts of helm as text with actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.varied import comment, name, sentence, token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

__all__ = ["chart"]

_DEPLOYMENT = """\
{{{{- if .Values.{key}.enabled }}}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{{{ include "{title}.fullname" . }}}}-{key}
  labels:
    {{{{- include "{title}.labels" . | nindent 4 }}}}
    change: "{change}"
spec:
  {{{{- if not .Values.autoscaling.enabled }}}}
  replicas: {{{{ .Values.{key}.replicas | default {number} }}}}
  {{{{- end }}}}
  selector:
    matchLabels:
      {{{{- include "{title}.selectorLabels" . | nindent 6 }}}}
  template:
    metadata:
      {{{{- with .Values.{key}.annotations }}}}
      annotations:
        {{{{- toYaml . | nindent 8 }}}}
      {{{{- end }}}}
    spec:
      containers:
        - name: {key}  # {note}
          image: "{{{{ .Values.image.repository }}}}:{{{{ .Values.image.tag | default "1" }}}}"
          ports:
            - containerPort: {port}
          env:
            {{{{- range $name, $value := .Values.{key}.env }}}}
            - name: {{{{ $name }}}}
              value: {{{{ $value | quote }}}}
            {{{{- end }}}}
{{{{- end }}}}
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{{{ include "{title}.fullname" . }}}}-{key}
  labels: {{{{- include "{title}.labels" . | nindent 4 }}}}
spec:
  type: {{{{ .Values.service.type }}}}
  ports:
    - port: {port}  # {note}
      targetPort: http
  selector: {{{{- include "{title}.selectorLabels" . | nindent 4 }}}}
"""
_HELPERS = """\
{{{{/* {note} */}}}}
{{{{- define "{title}.fullname" -}}}}
{{{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}}}
{{{{- end }}}}
{{{{- define "{title}.labels" -}}}}
helm.sh/chart: {title}
{{{{ include "{title}.selectorLabels" . }}}}
{{{{- end }}}}
{{{{- define "{title}.selectorLabels" -}}}}
app.kubernetes.io/name: {title}
{{{{- end }}}}
"""
_VALUES = """\
# {note}
{key}:
  enabled: true
  replicas: {number}
  annotations: {{}}
  env:
    TOKEN: {change}
"""
_MORE_VALUES = """\
image:
  repository: ghcr.io/example/{title}
  tag: ""
autoscaling: {{enabled: false}}
service:
  type: ClusterIP
"""
_CHART = """\
apiVersion: v2
name: {title}
description: {note}
version: 0.{number}.{port}
"""


def chart(chance: Random) -> Iterator[tuple[str, str]]:
    """The files of a chart: some Deployments with Services, helpers and values."""
    title = name(chance)
    home = f"charts/{title}"
    yield f"{home}/Chart.yaml", _filled(_CHART, chance, title, "", sentence(chance, 9))
    yield f"{home}/templates/_helpers.tpl", _filled(_HELPERS, chance, title)
    values = ""
    for key in chance.sample(("web", "worker", "api", "cron", "cache"), chance.randint(1, 4)):
        yield f"{home}/templates/{key}.yaml", _filled(_DEPLOYMENT, chance, title, key)
        yield f"{home}/templates/{key}-service.yaml", _filled(_SERVICE, chance, title, key)
        values += _filled(_VALUES, chance, title, key)
    yield f"{home}/values.yaml", values + _filled(_MORE_VALUES, chance, title)


def _filled(text: str, chance: Random, title: str, key: str = "", note: str = "") -> str:
    return text.format(
        title=title, key=key, note=note or comment(chance), change=token(chance, 8),
        number=chance.randint(1, 9), port=chance.randint(1024, 9999),
    )  # fmt: skip
