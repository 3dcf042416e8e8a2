//go:build linux

package packaging

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// image is what a container runtime reads off the last stage of the Dockerfile.
type image struct {
	base, user          string
	env                 map[string]string
	copied              [][]string // words of COPY
	volumes             []string
	entrypoint, command []string
	health              []string
}

// stages splits a Dockerfile into the instructions of its stages, continued lines joined and comments left out.
func stages(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	joined := regexp.MustCompile(`\\\n\s*`).ReplaceAllString(string(text), "")
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "FROM ") {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], line)
	}
	return out
}

func lastStage(t *testing.T) image {
	t.Helper()
	all := stages(t, filepath.Join(root, "deploy/docker/Dockerfile"))
	out := image{env: map[string]string{}}
	list := func(text string) (words []string) {
		if err := json.Unmarshal([]byte(text), &words); err != nil {
			t.Fatalf("%s: %v: a shell would be needed to run it", text, err)
		}
		return words
	}
	for _, line := range all[len(all)-1] {
		name, rest, _ := strings.Cut(line, " ")
		switch name {
		case "FROM":
			out.base = rest
		case "USER":
			out.user = rest
		case "ENV":
			for _, pair := range strings.Fields(rest) {
				key, value, _ := strings.Cut(pair, "=")
				out.env[key] = value
			}
		case "COPY":
			out.copied = append(out.copied, strings.Fields(rest))
		case "VOLUME":
			out.volumes = append(out.volumes, rest)
		case "ENTRYPOINT":
			out.entrypoint = list(rest)
		case "CMD":
			out.command = list(rest)
		case "HEALTHCHECK":
			_, command, _ := strings.Cut(rest, " CMD ")
			out.health = list(command)
		case "RUN", "ADD":
			t.Errorf("the last stage has %s, but its image has no shell", line)
		}
	}
	return out
}

// The image: a base without a shell by a named version, nobody's user as numbers, nothing copied but the program and
// its empty folder, and earlier images that name their versions.
func TestDockerfile(t *testing.T) {
	i := lastStage(t)
	if !strings.Contains(i.base, "distroless/static") || !strings.HasSuffix(i.base, ":nonroot") {
		t.Errorf("FROM %s", i.base)
	}
	if !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(i.user) {
		t.Errorf("USER %s", i.user)
	}
	if len(i.copied) != 2 || !slices.Equal(i.volumes, []string{i.env["THALWEG_DATA"]}) {
		t.Errorf("COPY %v, VOLUME %v", i.copied, i.volumes)
	}
	for _, stage := range stages(t, filepath.Join(root, "deploy/docker/Dockerfile")) {
		if from := regexp.MustCompile(`^FROM (?:--platform=\S+ )?[^:\s]+(?::(\S+))?`).FindStringSubmatch(stage[0]); from == nil || from[1] == "" || from[1] == "latest" {
			t.Errorf("%s names no version", stage[0])
		}
	}
	linked := releaseFile(t).Builds[0].Ldflags
	build := strings.Join(stages(t, filepath.Join(root, "deploy/docker/Dockerfile"))[1], "\n")
	for _, flag := range linked {
		name, _, _ := strings.Cut(strings.TrimPrefix(flag, "-X "), "=")
		if !strings.Contains(build, name) {
			t.Errorf("the image is built without %s", name)
		}
	}
}

// hadolint has nothing to say.
func TestDockerfileIsLinted(t *testing.T) {
	hadolint := scripted(t, "tool.sh", "hadolint")
	run(t, bare(t), hadolint, filepath.Join(root, "deploy/docker/Dockerfile"))
}

// container is the program as a container runtime would run it: from a root that has nothing else and cannot be
// written, as the image's user, without any capability, with a volume.
type container struct {
	*process
	image
	rootfs string
}

func startContainer(t *testing.T, env map[string]string, args ...string) container {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can make a root folder")
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no mount namespace: %v %s", err, out)
	}
	c := container{image: lastStage(t), rootfs: t.TempDir()}
	c.lay(t)
	all := maps.Clone(c.env)
	maps.Copy(all, env)
	var variables []string
	for name, value := range all {
		variables = append(variables, name+"="+value)
	}
	slices.Sort(variables)
	c.process = start(t, variables, "/usr/bin/unshare", c.command0(append(slices.Clone(c.entrypoint), args...))...)
	return c
}

// command0 is how a command enters the container: mounts that only it sees, then the image's user and root.
func (c container) command0(words []string) []string {
	user, group, _ := strings.Cut(c.user, ":")
	script := fmt.Sprintf(`mount --bind %[1]s %[1]s && mount -o remount,bind,ro %[1]s && mount --bind %[2]s %[1]s%[3]s &&
		exec /usr/bin/setpriv --bounding-set=-all,+setuid,+setgid,+sys_chroot --inh-caps=-all \
		/usr/bin/unshare --root=%[1]s --wd=/ --setgid=%[4]s --setuid=%[5]s "$@"`, c.rootfs, c.rootfs+".data", c.volumes[0], group, user)
	return append([]string{"--mount", "/bin/sh", "-euc", script, "container"}, words...)
}

// lay makes the root folder: what distroless/static has that a program needs, the program, and the volume.
func (c container) lay(t *testing.T) {
	t.Helper()
	user, group, _ := strings.Cut(c.user, ":")
	volume := c.rootfs + ".data"
	t.Cleanup(func() {
		if err := os.RemoveAll(volume); err != nil {
			t.Error(err)
		}
	})
	script := `
		mkdir -p "$0/etc/ssl/certs" "$0/usr/bin" "$0/proc" "$0$3" "$1"
		echo "nonroot:x:$4:$5:nonroot:/home/nonroot:/sbin/nologin" >"$0/etc/passwd"
		cp "$2" "$0/usr/bin/thalweg"
		chmod 755 "$0" "$0/usr/bin/thalweg"
		chmod 700 "$1"
		chown "$4:$5" "$1"`
	run(t, os.Environ(), "sh", "-euc", script, c.rootfs, volume, thalweg(t), c.volumes[0], user, group)
}

// inside runs another command in the container.
func (c container) inside(t *testing.T, words ...string) string {
	t.Helper()
	var variables []string
	for name, value := range c.env {
		variables = append(variables, name+"="+value)
	}
	return run(t, variables, "/usr/bin/unshare", c.command0(words)...)
}

// In the container: serve, the health check, the first account by the link that is printed, and nothing of root's.
func TestContainer(t *testing.T) {
	c := startContainer(t, map[string]string{"THALWEG_LISTEN": "127.0.0.1:0"}, lastStage(t).command...)
	url := c.await(t, `serves (http://[^\s"]+)`)
	token := c.await(t, `/setup#([\w-]+)`)
	readUI(t, url)
	if printed := c.inside(t, c.health...); !strings.HasPrefix(printed, "ok: ") {
		t.Errorf("the health check printed %q", printed)
	}
	setUp(t, url, token)
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	user, group, _ := strings.Cut(c.user, ":")
	for _, line := range []string{"Uid:\t" + user + "\t" + user, "Gid:\t" + group + "\t" + group, "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000"} {
		if !strings.Contains(string(state), line) {
			t.Errorf("the process is not %q:\n%s", line, state)
		}
	}
	mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", c.cmd.Process.Pid))
	if err != nil || !regexp.MustCompile(` / ro,`).Match(mounts) {
		t.Errorf("the root can be written: %s %v", mounts, err)
	}
}

// setUp makes the first account and signs in with it.
func setUp(t *testing.T, url, token string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"token": token, "name": "Ana", "email": "ana@example.com", "password": "correct horse battery staple"})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/setup", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if text, err := io.ReadAll(reply.Body); err != nil || reply.StatusCode != http.StatusCreated || len(reply.Cookies()) == 0 {
		t.Errorf("setup: %s %s %v", reply.Status, text, err)
	}
}
