package archtest

import (
	"os/exec"
	"testing"
)

// The Python package is made from docs/openapi.json: a change of the API without `make gen` stops here.
func TestPythonPackageIsGenerated(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("SKIPPED: no python3")
	}
	cmd := exec.CommandContext(t.Context(), python, "scripts/gen_sdk.py", "--check")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
