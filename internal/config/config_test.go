package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func lookup(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { value, ok := variables[name]; return value, ok }
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "thalweg.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadDefaults(t *testing.T) {
	got, err := Load(Inputs{Lookup: lookup(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got, cmpopts.IgnoreUnexported(Config{})); diff != "" {
		t.Errorf("(-default +loaded):\n%s", diff)
	}
	if got.Listen != "127.0.0.1:8080" || got.Limits.Request != 2<<30 {
		t.Errorf("listen %s, request limit %v", got.Listen, got.Limits.Request)
	}
}

func TestLoadPrecedence(t *testing.T) {
	path := file(t, "listen: 127.0.0.1:1\ndata: from-file\nrole: all\nlimits:\n  parts: 3\n")
	got, err := Load(Inputs{
		File:   path,
		Lookup: lookup(map[string]string{"THALWEG_LISTEN": "127.0.0.1:2", "THALWEG_DATA": "from-environment", "THALWEG_ROLE": ""}),
		Flags:  map[string]string{"listen": "127.0.0.1:3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "127.0.0.1:3" || got.Data != "from-environment" || got.Limits.Parts != 3 || got.Role != RoleAll {
		t.Errorf("listen %s, data %s, parts %d, role %s", got.Listen, got.Data, got.Limits.Parts, got.Role)
	}
	want := map[string]string{
		"listen": "--listen", "data": "THALWEG_DATA", "role": path + ":3", "limits.parts": path + ":5", "blob_url": "default",
	}
	for _, line := range got.Redacted() {
		if origin, ok := want[line.Name]; ok && line.Origin != origin {
			t.Errorf("%s comes from %s, want %s", line.Name, line.Origin, origin)
		}
	}
}

// TestEverySettingIsRead sets each one by each way to a value that is not its default.
func TestEverySettingIsRead(t *testing.T) {
	values := map[string]string{
		"listen": "127.0.0.1:9", "data": "elsewhere", "database_url": "postgres://u@h/d", "blob_url": "file:///blobs", "role": "api",
		"hosts": "catalog.example,10.0.0.1", "trusted_proxies": "10.0.0.0/8,::1/128", "outbound_allow": "10.20.0.0/16", "metrics": "open", "metrics_listen": "127.0.0.1:9090",
		"bootstrap_key": "k", "log_format": "json", "log_level": "debug", "shutdown_delay": "5s", "shutdown_grace": "7s", "database_read_url": "postgres://u@standby/d", "public_url": "https://catalog.example.com", "oidc_issuer": "https://login.example.com", "oidc_client_id": "thalweg", "oidc_client_secret": "s", "oidc_role": "viewer",
		"retention.schedule": "@weekly", "retention.time_zone": "Europe/Berlin", "retention.artifacts_last": "3", "retention.artifacts_days": "0",
		"retention.uploads": "1h0m0s", "retention.results_days": "7", "retention.versions_days": "7", "retention.jobs_days": "7",
	}
	value := func(s Setting) string {
		switch v := values[s.Name]; {
		case v != "":
			return v
		case strings.HasSuffix(s.read(&Config{Limits: Limits{}}), "B"):
			return "7777B"
		}
		return "77"
	}
	flags, variables, yaml := map[string]string{}, map[string]string{}, strings.Builder{}
	for _, s := range settings {
		v := value(s)
		flags[s.Name], variables[s.Variable()] = v, v
		if name, nested := strings.CutPrefix(s.Name, "limits."); nested {
			if name == "request" {
				yaml.WriteString("limits:\n")
			}
			fmt.Fprintf(&yaml, "  %s: %s\n", name, v)
		} else {
			fmt.Fprintf(&yaml, "%s: %q\n", s.Name, v)
		}
	}
	cases := map[string]Inputs{
		"flags":       {Lookup: lookup(nil), Flags: flags},
		"environment": {Lookup: lookup(variables)},
		"file":        {Lookup: lookup(nil), File: file(t, yaml.String())},
	}
	for name, in := range cases {
		got, err := Load(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, s := range settings {
			if read := s.read(&got); read != value(s) {
				t.Errorf("%s: %s = %q, want %q", name, s.Name, read, value(s))
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	flag := func(name, value string) Inputs { return Inputs{Flags: map[string]string{name: value}} }
	tests := []struct {
		name    string
		sources Inputs
		want    []string // parts of the message
	}{
		{"port", flag("listen", "127.0.0.1:http-ish"), []string{"listen", "port"}},
		{"no port", flag("listen", "127.0.0.1"), []string{"host:port"}},
		{"role", flag("role", "boss"), []string{"--role", "boss", "worker"}},
		{"single sign-on without an address", flag("oidc_issuer", "https://login.example.com"), []string{"oidc_issuer needs oidc_client_id and public_url"}},
		{"public address with a path", flag("public_url", "https://h/catalog"), []string{"public_url: want the address without a path"}},
		{"public address of another scheme", flag("public_url", "ftp://h"), []string{"public_url: want the address"}},
		{"standby of SQLite", flag("database_read_url", "postgres://u@h/d"), []string{"database_read_url needs database_url"}},
		{"standby's address", flag("database_read_url", "mysql://h"), []string{"database_read_url: want postgres://"}},
		{"worker on SQLite", flag("role", "worker"), []string{"role worker needs database_url"}},
		{"database", flag("database_url", "mysql://u:hunter2@h/d"), []string{"database_url", "postgres://"}},
		{"blobs", flag("blob_url", "gs://bucket"), []string{"blob_url", "file:///", "s3://"}},
		{"metrics address", flag("metrics_listen", "9090"), []string{"metrics_listen", "host:port"}},
		{"metrics", flag("metrics", "yes"), []string{"--metrics", "key", "open"}},
		{"proxy", flag("trusted_proxies", "10.0.0.0/8,proxy"), []string{"--trusted-proxies", "10.0.0.0/8"}},
		{"host with a port", flag("hosts", "catalog.example:443"), []string{"--hosts", "without scheme and port"}},
		{"size", flag("limits.request", "2 gigs"), []string{"--limits-request", "256MiB"}},
		{"size of nothing", flag("limits.request", "0"), []string{"--limits-request"}},
		{"size too large", flag("limits.request", "9999999999GiB"), []string{"--limits-request"}},
		{"number", flag("limits.parts", "-1"), []string{"--limits-parts", "at least 1"}},
		{"limits at odds", flag("limits.value", "2GiB"), []string{"limits.value (2GiB)", "limits.manifest (1GiB)"}},
		{"level", flag("log_level", "loud"), []string{"--log-level", "warn"}},
		{"duration", flag("shutdown_grace", "soon"), []string{"--shutdown-grace", "30s"}},
		{"empty data", flag("data", ""), []string{"data is empty"}},
		{"unknown flag", flag("colour", "red"), []string{"colour"}},
		{"no file", Inputs{File: "/nonexistent/thalweg.yaml"}, []string{"settings file", "nonexistent"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.sources.Lookup = lookup(nil)
			_, err := Load(tt.sources)
			wantError(t, err, tt.want...)
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in the message: %v", err)
			}
		})
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestRedacted(t *testing.T) {
	c, err := Load(Inputs{Lookup: lookup(map[string]string{
		"THALWEG_BOOTSTRAP_KEY": "thw_hunter2",
		"THALWEG_DATABASE_URL":  "postgres://ana:hunter2@db:5432/catalog?sslmode=disable&sslpassword=hunter2",
	})})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, line := range c.Redacted() {
		values[line.Name] = line.Value
		if strings.Contains(line.Value, "hunter2") {
			t.Errorf("%s shows its secret: %s", line.Name, line.Value)
		}
	}
	if want := "postgres://ana:xxxxx@db:5432/catalog?sslmode=disable&sslpassword=xxxxx"; values["database_url"] != want {
		t.Errorf("database_url is shown as %s, want %s", values["database_url"], want)
	}
	if values["bootstrap_key"] != "(hidden)" {
		t.Errorf("bootstrap_key is shown as %q", values["bootstrap_key"])
	}
}

func TestLists(t *testing.T) {
	path := file(t, "hosts: [Catalog.Example., '[2001:db8::1]']\ntrusted_proxies:\n  - 10.1.2.3/8\n  - 192.0.2.7\n")
	for name, in := range map[string]Inputs{
		"file":        {File: path},
		"environment": {Lookup: lookup(map[string]string{"THALWEG_HOSTS": "catalog.example, 2001:db8::1,", "THALWEG_TRUSTED_PROXIES": "10.0.0.0/8,192.0.2.7/32"})},
	} {
		if in.Lookup == nil {
			in.Lookup = lookup(nil)
		}
		c, err := Load(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]string{"catalog.example", "2001:db8::1"}, c.Hosts); diff != "" {
			t.Errorf("%s: hosts (-want +got):\n%s", name, diff)
		}
		want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32")}
		if !slices.Equal(c.TrustedProxies, want) {
			t.Errorf("%s: trusted proxies %v, want %v", name, c.TrustedProxies, want)
		}
	}
}

func TestParsedTypes(t *testing.T) {
	c, err := Load(Inputs{Lookup: lookup(nil), Flags: map[string]string{
		"log_level": "WARN", "shutdown_grace": "1m", "limits.text": "1 MiB", "limits.name": "100",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if c.LogLevel != slog.LevelWarn || c.ShutdownGrace != time.Minute || c.Limits.Text != 1<<20 || c.Limits.Name != 100 {
		t.Errorf("level %v, grace %v, text %v, name %v", c.LogLevel, c.ShutdownGrace, c.Limits.Text, c.Limits.Name)
	}
}
