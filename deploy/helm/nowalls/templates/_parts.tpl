{{- define "nowalls.labels" -}}
app.kubernetes.io/name: nowalls
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "nowalls.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "nowalls.claim" -}}
{{ .Values.data.existingClaim | default (printf "%s-data" .Release.Name) }}
{{- end }}

{{- define "nowalls.environment" -}}
- {name: NOWALLS_DATA_DIR, value: /data}
- {name: NOWALLS_METRICS, value: "0.0.0.0:9464"}
- {name: NOWALLS_HTTP_HOST, value: {{ .host | quote }}}
- {name: NOWALLS_PUBLIC_URL, value: {{ .root.Values.publicUrl | quote }}}
- {name: NOWALLS_HOSTS, value: {{ printf "%s-api" .root.Release.Name | quote }}}
- {name: TZ, value: {{ .root.Values.timeZone | quote }}}
- name: NOWALLS_DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ .root.Values.secret }}, key: database-url}}
- name: NOWALLS_BROKER_URL
  valueFrom: {secretKeyRef: {name: {{ .root.Values.secret }}, key: broker-url}}
- name: NOWALLS_INTERPRETER_URL
  valueFrom: {secretKeyRef: {name: {{ .root.Values.secret }}, key: interpreter-url}}
- name: NOWALLS_METRICS_TOKEN
  valueFrom: {secretKeyRef: {name: {{ .root.Values.secret }}, key: metrics-token}}
{{- range $name, $value := .root.Values.environment }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "nowalls.pod" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
automountServiceAccountToken: false
{{- end }}

{{- define "nowalls.container" -}}
image: {{ include "nowalls.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: data, mountPath: /data}
  - {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "nowalls.volumes" -}}
- name: data
  persistentVolumeClaim: {claimName: {{ include "nowalls.claim" . }}}
- name: tmp
  emptyDir: {}
{{- end }}
