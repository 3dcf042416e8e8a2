package apitest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Scripts that use Python's requests send their forms in another way than curl does: without content types of parts,
// and the id before the file.
func TestUploadsByRequests(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err == nil {
		err = exec.CommandContext(t.Context(), python, "-c", "import requests").Run()
	}
	if err != nil {
		t.Skipf("SKIPPED: no python3 with requests: %v", err)
	}
	s := Start(t, Options{})
	admin := s.Key(t, access.AdminWorkspace)
	id, schema := s.blank(t, admin, "")
	folder := t.TempDir()
	for name, content := range map[string][]byte{"manifest": unpacked(t, beforeManifest), "run_results": unpacked(t, beforeResults)} {
		if err := os.WriteFile(filepath.Join(folder, name+".json"), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), python, "testdata/uploads.py", s.URL, admin, id, folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if y := s.awaitSync(t, admin, id); y.At(t, "data.attributes.status") != "completed" || s.models(t, admin, schema, "false") == 0 {
		t.Errorf("%s", y.Body)
	}
	if runs := s.Get(t, "/api/v1/runs?schema_id="+schema, admin).At(t, "data").([]any); len(runs) != 1 {
		t.Errorf("%d runs", len(runs))
	}
}
