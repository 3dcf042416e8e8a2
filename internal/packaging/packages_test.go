//go:build linux

package packaging

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// packed makes a package of a kind, deb or rpm, as the release does: by nfpm, of what .goreleaser.yaml lists.
func packed(t *testing.T, kind string) string {
	t.Helper()
	nfpm := scripted(t, "tool.sh", "nfpm")
	described := maps.Clone(releaseFile(t).NFPMs[0])
	bindir, _ := described["bindir"].(string)
	contents, _ := described["contents"].([]any)
	described["name"], described["arch"], described["version"] = described["package_name"], runtime.GOARCH, version
	described["contents"] = append(slices.Clone(contents), map[string]any{"src": thalweg(t), "dst": bindir + "/thalweg", "file_info": map[string]any{"mode": 0o755}})
	for _, own := range []string{"id", "package_name", "file_name_template", "formats", "bindir"} {
		delete(described, own) // of goreleaser alone
	}
	text, err := yaml.Marshal(described)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "nfpm.yaml")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "thalweg."+kind)
	cmd := exec.CommandContext(t.Context(), nfpm, "package", "--config", config, "--packager", kind, "--target", out)
	cmd.Dir = root
	if printed, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("nfpm: %v: %s", err, printed)
	}
	return out
}

// installed are files that a package of either kind puts on a machine.
var installed = []string{
	"usr/bin/thalweg", "usr/lib/systemd/system/thalweg.service", "usr/lib/sysusers.d/thalweg.conf", "etc/thalweg/thalweg.yaml",
	"etc/thalweg/thalweg.env", "usr/share/man/man1/thalweg.1", "usr/share/bash-completion/completions/thalweg", "usr/share/doc/thalweg/copyright",
}

func checkInstalled(t *testing.T, dir string) {
	t.Helper()
	for _, name := range installed {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if s, err := os.Stat(filepath.Join(dir, "etc/thalweg/thalweg.env")); err == nil && s.Mode().Perm() != 0o600 {
		t.Errorf("thalweg.env, for secrets, has the mode %v", s.Mode())
	}
	program := filepath.Join(dir, "usr/bin/thalweg")
	if shown := run(t, nil, program, "config", "show", "--config", filepath.Join(dir, "etc/thalweg/thalweg.yaml")); !strings.Contains(shown, "/var/lib/thalweg") {
		t.Errorf("the settings of the package are\n%s", shown)
	}
	showDemo(t, bare(t), program)
}

// dpkg installs the package into an empty root, upgrades it without losing a changed setting, removes it, and purges
// what is left.
func TestDeb(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip("SKIPPED: no dpkg")
	}
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: dpkg installs for root alone")
	}
	deb, dir := packed(t, "deb"), t.TempDir()
	for _, folder := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates", "etc"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "var/lib/dpkg/status"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + t.TempDir(), "DEBIAN_FRONTEND=noninteractive"}
	dpkg := func(args ...string) string {
		t.Helper()
		// Without chroot the package's scripts find the shell of this machine, and the root to work on in DPKG_ROOT.
		return run(t, env, "dpkg", append([]string{"--root=" + dir, "--force-script-chrootless,confold"}, args...)...)
	}
	dpkg("--install", deb)
	checkInstalled(t, dir)
	if _, err := exec.LookPath("systemd-sysusers"); err == nil {
		if users, err := os.ReadFile(filepath.Join(dir, "etc/passwd")); err != nil || !strings.Contains(string(users), "thalweg:") {
			t.Errorf("no user was made: %q %v", users, err)
		}
	}
	settings := filepath.Join(dir, "etc/thalweg/thalweg.yaml")
	if err := os.WriteFile(settings, []byte("listen: 127.0.0.1:8081\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	dpkg("--install", deb)
	if kept, err := os.ReadFile(settings); err != nil || string(kept) != "listen: 127.0.0.1:8081\n" {
		t.Errorf("an upgrade made the settings %q %v", kept, err)
	}
	dpkg("--remove", "thalweg")
	if _, err := os.Stat(filepath.Join(dir, "usr/bin/thalweg")); !os.IsNotExist(err) {
		t.Errorf("the program is still there: %v", err)
	}
	dpkg("--purge", "thalweg")
	if _, err := os.Stat(settings); !os.IsNotExist(err) {
		t.Errorf("the settings are still there: %v", err)
	}
}

// rpm installs the package into an empty root, without its scripts, which need a shell there.
func TestRPM(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: rpm installs for root alone")
	}
	unpacked := scripted(t, "debian.sh", "rpm")
	made, dir := packed(t, "rpm"), t.TempDir()
	libraries, err := filepath.Glob(filepath.Join(unpacked, "usr/lib/*-linux-gnu"))
	if err != nil || len(libraries) != 1 {
		t.Fatalf("libraries of rpm: %v %v", libraries, err)
	}
	env := append(bare(t), "LD_LIBRARY_PATH="+libraries[0], "RPM_CONFIGDIR="+filepath.Join(unpacked, "usr/lib/rpm"))
	rpm := func(args ...string) string {
		t.Helper()
		return run(t, env, filepath.Join(unpacked, "usr/bin/rpm"), append([]string{"--root", dir}, args...)...)
	}
	rpm("--install", "--noscripts", "--nodeps", "--nosignature", made)
	checkInstalled(t, dir)
	if described := rpm("--query", "--queryformat", "%{NAME} %{VERSION} %{LICENSE}\n", "thalweg"); !strings.Contains(described, "thalweg 1.2.3 Apache-2.0") {
		t.Errorf("rpm knows it as %q", described)
	}
	for _, script := range []string{"systemd-sysusers", "systemctl try-restart"} {
		if !strings.Contains(rpm("--query", "--scripts", "thalweg"), script) {
			t.Errorf("the package does not run %s", script)
		}
	}
	rpm("--erase", "--noscripts", "thalweg")
	if _, err := os.Stat(filepath.Join(dir, "usr/bin/thalweg")); !os.IsNotExist(err) {
		t.Errorf("the program is still there: %v", err)
	}
}

// The service starts what the package installs, and is allowed little. The threshold is that of systemd-analyze, 0 to
// 100; a service without any limits has 96.
func TestService(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("SKIPPED: no systemd-analyze")
	}
	text, err := os.ReadFile(filepath.Join(root, "deploy/systemd/thalweg.service"))
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "thalweg.service")
	if err := os.WriteFile(unit, []byte(strings.ReplaceAll(string(text), "/usr/bin/thalweg", thalweg(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	env := bare(t)
	if printed := run(t, env, "systemd-analyze", "verify", "--man=no", unit); strings.TrimSpace(printed) != "" {
		t.Errorf("systemd-analyze verify: %s", printed)
	}
	run(t, env, "systemd-analyze", "security", "--offline=yes", "--threshold=15", unit)
}
