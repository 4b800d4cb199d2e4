{{/* The name of everything: the release's, which holds the chart's. */}}
{{- define "genesys-warehouse.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "genesys-warehouse.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "genesys-warehouse.labels" -}}
{{ include "genesys-warehouse.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "genesys-warehouse.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "genesys-warehouse.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* What every pod has before its containers. */}}
{{- define "genesys-warehouse.pod" -}}
automountServiceAccountToken: false
serviceAccountName: {{ include "genesys-warehouse.serviceAccount" . }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
# It stops within ten seconds.
terminationGracePeriodSeconds: 15
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: data
    emptyDir: { sizeLimit: 64Mi }
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
{{- end -}}

{{/* What every container has beside its name, arguments and own variables. */}}
{{- define "genesys-warehouse.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - configMapRef: { name: {{ include "genesys-warehouse.name" . }} }
resources: {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: data, mountPath: /data }
  - { name: tmp, mountPath: /tmp }
{{- end -}}

{{/* The secrets, by reference. */}}
{{- define "genesys-warehouse.secrets" -}}
- name: GENESYSCLOUD_OAUTHCLIENT_ID
  valueFrom:
    secretKeyRef: { name: {{ .Values.existingSecret }}, key: {{ .Values.secretKeys.clientId }} }
- name: GENESYSCLOUD_OAUTHCLIENT_SECRET
  valueFrom:
    secretKeyRef: { name: {{ .Values.existingSecret }}, key: {{ .Values.secretKeys.clientSecret }} }
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: { name: {{ .Values.existingSecret }}, key: {{ .Values.secretKeys.databaseUrl }} }
{{- end -}}
