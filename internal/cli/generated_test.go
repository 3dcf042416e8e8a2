package cli

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
)

//go:generate go test . -run TestManualAndCompletionsAreCurrent -count=1 -update

var update = flag.Bool("update", false, "write the generated files again")

// The manual page and the completions that packages install are those of this program.
func TestManualAndCompletionsAreCurrent(t *testing.T) {
	for path, args := range map[string][]string{
		"man/thalweg.1":            {"man"},
		"completions/thalweg.bash": {"completion", "bash"},
		"completions/_thalweg":     {"completion", "zsh"},
		"completions/thalweg.fish": {"completion", "fish"},
		"completions/thalweg.ps1":  {"completion", "powershell"},
	} {
		var want bytes.Buffer
		if code := Run(t.Context(), args, &want, io.Discard); code != OK || want.Len() == 0 {
			t.Fatalf("thalweg %v: %d", args, code)
		}
		path = filepath.Join("../../deploy", path)
		if *update {
			if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, want.Bytes()) {
			t.Errorf("%s is not that of this program (%v): run make gen", path, err)
		}
	}
}
