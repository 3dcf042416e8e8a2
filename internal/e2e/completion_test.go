package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A real shell completes commands, flags and the names of a server.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: no bash")
	}
	s, dir := serve(t), projectFolder(t)
	for _, args := range [][]string{{"schemas", "create", "--name", "Analytics Warehouse"}, {"import", "--wait"}} {
		if r := command(t, dir, s.env(), args...); r.code != 0 {
			t.Fatalf("%v: %+v", args, r)
		}
	}
	script := `source <(thalweg completion bash)
complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _thalweg; echo "${COMPREPLY[@]}"; }
complete_line thalweg sch
complete_line thalweg export --format p
complete_line thalweg show fct_o`
	path := "PATH=" + filepath.Dir(thalweg(t)) + ":/usr/bin:/bin"
	r := execute(t, dir, append(s.env(), path), bash, "-eu", "-c", script)
	if lines := strings.Split(r.stdout, "\n"); r.code != 0 || len(lines) < 3 || lines[0] != "schemas" || lines[1] != "parquet" || !strings.Contains(lines[2], "fct_orders") {
		t.Errorf("%+v", r)
	}
}
