//go:build linux

package packaging

import (
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// service is what the tests read of a service of deploy/compose.
type service struct {
	Image       string            `yaml:"image"`
	ReadOnly    bool              `yaml:"read_only"`
	CapDrop     []string          `yaml:"cap_drop"`
	SecurityOpt []string          `yaml:"security_opt"`
	Environment map[string]string `yaml:"environment"`
	Command     []string          `yaml:"command"`
	Volumes     []string          `yaml:"volumes"`
	Ports       []string          `yaml:"ports"`
	DependsOn   map[string]any    `yaml:"depends_on"`
}

// composed reads deploy/compose with the variables of its example.env. A variable that must be set and is not fails,
// as it does in Docker.
func composed(t *testing.T) (services map[string]service, volumes map[string]any) {
	t.Helper()
	given := map[string]string{}
	example, err := os.ReadFile(filepath.Join(root, "deploy/compose/example.env"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(example)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			given[name] = value
		}
	}
	text, err := os.ReadFile(filepath.Join(root, "deploy/compose/compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	filled := regexp.MustCompile(`\$\{(\w+)(:[-?])?([^}]*)\}`).ReplaceAllStringFunc(string(text), func(use string) string {
		m := regexp.MustCompile(`\$\{(\w+)(:[-?])?([^}]*)\}`).FindStringSubmatch(use)
		value, ok := given[m[1]]
		switch {
		case ok:
			return value
		case m[2] != ":-":
			t.Errorf("example.env does not set %s", m[1])
		}
		return m[3]
	})
	var file struct {
		Services map[string]service `yaml:"services"`
		Volumes  map[string]any     `yaml:"volumes"`
	}
	if err := yaml.Unmarshal([]byte(filled), &file); err != nil {
		t.Fatal(err)
	}
	return file.Services, file.Volumes
}

// What a reader would check: images with versions, volumes that exist, nothing public, and a server that may do little.
func TestCompose(t *testing.T) {
	services, volumes := composed(t)
	for name, s := range services {
		_, tag, _ := strings.Cut(s.Image, ":")
		if tag == "" || tag == "latest" && name != "thalweg" {
			t.Errorf("%s is of %s", name, s.Image)
		}
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if _, ok := volumes[source]; !ok {
				t.Errorf("%s mounts %s, which is not a volume", name, volume)
			}
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s is public: %s", name, port)
			}
		}
		for other := range s.DependsOn {
			if _, ok := services[other]; !ok {
				t.Errorf("%s depends on %s", name, other)
			}
		}
	}
	if s := services["thalweg"]; !s.ReadOnly || len(s.CapDrop) != 1 || s.CapDrop[0] != "ALL" || len(s.SecurityOpt) != 1 {
		t.Errorf("thalweg may do more than it has to: %+v", s)
	}
	run(t, bare(t), scripted(t, "tool.sh", "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", filepath.Join(root, "deploy/compose/compose.yaml"))
}

// The services together, each as its own process: the container of the image with PostgreSQL and a real store that
// speaks S3, started as the file starts it. An import's artifacts come to lie in the store's volume.
func TestComposedServices(t *testing.T) {
	services, _ := composed(t)
	bucket := t.TempDir()
	objects := startObjects(t, services["objects"], bucket)
	database, err := url.Parse(pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	env := services["thalweg"].Environment
	env["THALWEG_DATABASE_URL"] = database.String()
	env["THALWEG_BLOB_URL"] = strings.Replace(env["THALWEG_BLOB_URL"], "http://objects:7070", "http://"+objects, 1)
	env["THALWEG_LISTEN"] = "127.0.0.1:0"
	c := startContainer(t, env, lastStage(t).command...)
	address := c.await(t, `serves (http://[^\s"]+)`)
	if printed := c.inside(t, c.health...); !strings.Contains(printed, "bucket ok") {
		t.Errorf("the health check printed %q", printed)
	}
	key := c.await(t, `shown this once: ([^\s"]+)`)
	cli := []string{"THALWEG_SERVER=" + address, "THALWEG_KEY=" + key}
	run(t, cli, thalweg(t), "schemas", "create", "--name", "Warehouse")
	run(t, cli, thalweg(t), "import", "--target", project(t), "--wait")
	if files, err := filepath.Glob(filepath.Join(bucket, "artifacts/thalweg/ws/*/*/*")); err != nil || len(files) == 0 {
		t.Errorf("no artifact came into the volume: %v", err)
	}
}

// startObjects runs versitygw with the words and variables of the service, on a port of its own and with the volume in
// place, and returns its address.
func startObjects(t *testing.T, s service, data string) string {
	t.Helper()
	program, err := exec.LookPath("versitygw")
	if err != nil {
		program = filepath.Join(strings.TrimSpace(run(t, os.Environ(), "go", "env", "GOPATH")), "bin/versitygw")
	}
	if _, err := os.Stat(program); err != nil {
		t.Skip("SKIPPED: versitygw is not installed: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
	}
	_, mounted, _ := strings.Cut(s.Volumes[0], ":/data/")
	if err := os.Mkdir(filepath.Join(data, mounted), 0o750); err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, word := range s.Command {
		words = append(words, strings.NewReplacer(":7070", address, "/data", data).Replace(word))
	}
	env := []string{"PATH=/usr/bin:/bin"}
	for name, value := range s.Environment {
		env = append(env, name+"="+value)
	}
	start(t, env, program, words...)
	for range 1000 {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
			return address
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the store does not answer")
	return ""
}
