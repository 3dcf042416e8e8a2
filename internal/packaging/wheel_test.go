//go:build linux

package packaging

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// wheel makes the wheel of this platform.
func wheel(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("SKIPPED: no python3")
	}
	out := t.TempDir()
	return strings.TrimSpace(run(t, os.Environ(), "python3", filepath.Join(root, "scripts/wheel.py"),
		"--binary", thalweg(t), "--version", "v"+version, "--os", "linux", "--arch", runtime.GOARCH, "--out", out))
}

// The wheel is installed into an empty environment, without an index and without Go, and is the program under each of
// its names.
func TestWheel(t *testing.T) {
	path := wheel(t)
	venv := filepath.Join(t.TempDir(), "venv")
	run(t, os.Environ(), "python3", "-m", "venv", venv)
	env := bare(t)
	bin := filepath.Join(venv, "bin")
	run(t, env, filepath.Join(bin, "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-index", path)
	run(t, env, filepath.Join(bin, "pip"), "--disable-pip-version-check", "check")
	for _, command := range [][]string{{"thalweg"}, {"thalweg-server"}, {"python", "-m", "thalweg_server"}} {
		got := run(t, env, filepath.Join(bin, command[0]), append(command[1:], "version")...)
		if !strings.HasPrefix(got, "thalweg v1.2.3 ") {
			t.Errorf("%v version printed %q", command, got)
		}
	}
	if got := run(t, env, filepath.Join(bin, "python"), "-c", "import thalweg_server; print(thalweg_server.program())"); strings.TrimSpace(got) != filepath.Join(bin, "thalweg") {
		t.Errorf("program() is %q", got)
	}
	showDemo(t, env, filepath.Join(bin, "thalweg"))
	run(t, env, filepath.Join(bin, "pip"), "uninstall", "--quiet", "--yes", "thalweg-server")
	if _, err := os.Stat(filepath.Join(bin, "thalweg")); !os.IsNotExist(err) {
		t.Errorf("the binary is still there after uninstalling: %v", err)
	}
}

// pip install --target and a signal to the entry point of `uvx thalweg-server`: the process is the binary itself.
func TestWheelElsewhere(t *testing.T) {
	path := wheel(t)
	target := filepath.Join(t.TempDir(), "packages")
	run(t, os.Environ(), "python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--target", target, path)
	showDemo(t, append(os.Environ(), "PYTHONPATH="+target), "python3", "-m", "thalweg_server")
}

// The same program makes the same bytes, and what is no program is not packed.
func TestWheelIsTheSameAgain(t *testing.T) {
	first, err := os.ReadFile(wheel(t))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(wheel(t))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("two wheels of one program differ: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), "python3", filepath.Join(root, "scripts/wheel.py"),
		"--binary", filepath.Join(root, "LICENSE"), "--version", version, "--os", "linux", "--arch", "amd64", "--out", t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "is not a program of linux") {
		t.Errorf("a text was packed: %s", out)
	}
}

// Versions as Python orders them.
func TestWheelVersions(t *testing.T) {
	for given, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3-rc.1": "1.2.3rc1", "v0.4.0-beta2": "0.4.0b2", "0.4.0-alpha.10": "0.4.0a10",
		"0.1.1-snapshot-abc1234": "0.1.1.dev0+snapshot.abc1234", "v0.1.0-12-gabc1234-dirty": "0.1.0.dev0+12.gabc1234.dirty", "abc1234": "0.0.0.dev0+abc1234",
	} {
		got := run(t, []string{"PATH=" + os.Getenv("PATH"), "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=" + filepath.Join(root, "scripts")},
			"python3", "-c", "import sys, wheel; print(wheel.python_version(sys.argv[1]))", given)
		if strings.TrimSpace(got) != want {
			t.Errorf("%s is %s, want %s", given, strings.TrimSpace(got), want)
		}
	}
}
