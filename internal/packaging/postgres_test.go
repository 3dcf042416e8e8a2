//go:build linux

package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// The guide's backup of PostgreSQL, restored into another database with the artifacts in another folder.
func TestBackupOfPostgreSQL(t *testing.T) {
	tools, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if found, errPath := exec.LookPath("pg_dump"); err == nil && len(tools) == 0 && errPath == nil {
		tools = []string{found}
	}
	if err != nil || len(tools) == 0 {
		t.Skip("SKIPPED: no pg_dump")
	}
	data, work := shortFolder(t), t.TempDir()
	env := []string{
		"PATH=" + filepath.Dir(tools[len(tools)-1]) + ":" + filepath.Dir(thalweg(t)) + ":/usr/bin:/bin", "HOME=" + work,
		"THALWEG_DATABASE_URL=" + pgtest.New(t), "NEW_DATABASE_URL=" + pgtest.New(t), "ARTIFACTS=" + filepath.Join(data, "blobs"),
	}
	server := start(t, append(slices.Clone(env), "THALWEG_DATA="+data, "THALWEG_LISTEN=127.0.0.1:0"), thalweg(t), "serve")
	cli := append(slices.Clone(env), "THALWEG_SERVER="+server.await(t, `serves (http://\S+)`), "THALWEG_KEY="+server.await(t, `shown this once: (\S+)`))
	cli = slices.DeleteFunc(cli, func(v string) bool { return strings.HasPrefix(v, "THALWEG_DATABASE_URL=") })
	run(t, cli, thalweg(t), "schemas", "create", "--name", "Warehouse")
	run(t, cli, thalweg(t), "import", "--target", project(t), "--wait")
	var printed string
	for _, block := range guideBlocks(t, "bash") {
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", block)
		cmd.Dir, cmd.Env = work, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s\n%v\n%s", block, err, out)
		}
		printed = string(out)
	}
	if !strings.Contains(printed, "SCH-101\tWarehouse\t36 tables") {
		t.Errorf("the restored catalog has %q", printed)
	}
	if _, err := os.Stat(filepath.Join(work, "artifacts-backup")); err != nil {
		t.Error(err)
	}
}
