//go:build linux

package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const chart = root + "/deploy/helm/thalweg"

// renderings are values of the chart, and what has to be in what they render.
var renderings = map[string]struct {
	set  []string
	want []string
}{
	"SQLite": {nil, []string{
		"kind: StatefulSet", "volumeClaimTemplates:", "readOnlyRootFilesystem: true", "runAsNonRoot: true", "path: /readyz", "log_format: json",
	}},
	"PostgreSQL": {
		[]string{
			"database=true", "replicas=3", "secretName=db", "settings.blob_url=s3://artifacts/thalweg", "settings.hosts={catalog.example.com}",
			"ingress.enabled=true", "ingress.className=nginx", "ingress.tlsSecret=tls", "metrics.serviceMonitor=true", "metrics.rules=true", "networkPolicy.enabled=true",
			"env[0].name=AWS_REGION", "env[0].value=eu-central-1", "podLabels.team=data", "podAnnotations.note=x", "serviceAccount.annotations.role=arn", "shutdown.delaySeconds=20",
		},
		[]string{
			"kind: Deployment", "emptyDir:", "kind: PodDisruptionBudget", "kind: Ingress", "kind: ServiceMonitor", "alert: ThalwegDown", "kind: NetworkPolicy",
			"terminationGracePeriodSeconds: 65", "secretRef: {name: db}", "blob_url: s3://artifacts/thalweg", "name: AWS_REGION",
		},
	},
	"values for secrets": {
		[]string{"database=true", "secret.THALWEG_DATABASE_URL=postgres://x", "settings.blob_url=s3://a/b", "metrics.enabled=false", "serviceAccount.create=false"},
		[]string{"kind: Secret", "THALWEG_DATABASE_URL: postgres://x", "serviceAccountName: default"},
	},
}

// The chart is linted, and what it renders are resources as Kubernetes defines them, by the schemas of its oldest and
// its newest version that we support.
func TestChart(t *testing.T) {
	helm := scripted(t, "tool.sh", "helm")
	run(t, helmEnv(t), helm, "lint", "--strict", chart)
	for name, r := range renderings {
		t.Run(name, func(t *testing.T) {
			rendered := rendering(t, helm, r.set...)
			for _, want := range r.want {
				if !strings.Contains(rendered, want) {
					t.Errorf("there is no %q in\n%s", want, rendered)
				}
			}
			file := filepath.Join(t.TempDir(), "rendered.yaml")
			if err := os.WriteFile(file, []byte(rendered), 0o600); err != nil {
				t.Fatal(err)
			}
			validate := scripted(t, "tool.sh", "kubernetes-validate")
			for _, kubernetes := range []string{"1.27", "1.37"} {
				run(t, helmEnv(t), validate, "--strict", "--quiet", "--no-warn", "-k", kubernetes, file)
			}
		})
	}
}

// What cannot work is refused before anything is installed, with the value that has to be set.
func TestChartRefuses(t *testing.T) {
	helm := scripted(t, "tool.sh", "helm")
	for set, want := range map[string]string{
		"replicas=2":                    "several processes need PostgreSQL",
		"database=true":                 "set secretName or secret",
		"database=true,secretName=db":   "set settings.blob_url",
		"settings.listen=0.0.0.0:80":    "listen",
		"settings.database_url=x":       "database_url",
		"replica=2":                     "replica",
		"secret.lower=x":                "lower",
		"image.pullPolicy=Sometimes":    "pullPolicy",
		"shutdown.graceSeconds=0":       "graceSeconds",
		"metrics.serviceMonitor=please": "serviceMonitor",
	} {
		cmd := exec.CommandContext(t.Context(), helm, "template", "x", chart, "--kube-version", "1.31.0", "--set", set)
		cmd.Env = helmEnv(t)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
			t.Errorf("--set %s: %v %s", set, err, out)
		}
	}
}

func rendering(t *testing.T, helm string, set ...string) string {
	t.Helper()
	args := []string{"template", "catalog", chart, "--kube-version", "1.31.0"}
	for _, s := range set {
		args = append(args, "--set", s)
	}
	return run(t, helmEnv(t), helm, args...)
}

func helmEnv(t *testing.T) []string { t.Helper(); return append(bare(t), "HELM_NO_PLUGINS=1") }
