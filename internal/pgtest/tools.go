//go:build unix

package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// errAbsent returns what to do about a machine without PostgreSQL.
var errAbsent = errors.New("PostgreSQL's initdb is not installed: sudo apt-get install -y postgresql (or set SKIP_POSTGRES=1 to skip what needs it)")

// tools are PostgreSQL's programs and the user that they run as.
type tools struct {
	initdb, postgres string
	credential       *syscall.Credential // nil: as ourselves
}

// folders are where distributions keep PostgreSQL's programs outside PATH.
var folders = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/pgsql/bin"}

func find() (tools, error) {
	var candidates []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			candidates = append(candidates, filepath.Dir(path))
		}
	}
	for _, pattern := range folders {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return tools{}, err
		}
		slices.SortFunc(matches, newestFirst)
		candidates = append(candidates, matches...)
	}
	for _, folder := range candidates {
		found := tools{initdb: filepath.Join(folder, "initdb"), postgres: filepath.Join(folder, "postgres")}
		if native(found.initdb) && native(found.postgres) {
			return found.unprivileged()
		}
	}
	return tools{}, errAbsent
}

// newestFirst orders …/9.6/bin and …/15/bin by their numbers, not their letters.
func newestFirst(a, b string) int {
	if len(a) != len(b) {
		return len(b) - len(a)
	}
	return bytes.Compare([]byte(b), []byte(a))
}

// native reports whether a file is a program of the machine. Python packages put scripts of the same names on
// PATH that download a server.
func native(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	magic := make([]byte, 4)
	if _, err := io.ReadFull(file, magic); err != nil {
		return false
	}
	return bytes.Equal(magic, []byte("\x7fELF")) || bytes.Equal(magic, []byte("\xcf\xfa\xed\xfe")) || bytes.Equal(magic, []byte("\xca\xfe\xba\xbe"))
}

// unprivileged chooses the user to run as: PostgreSQL refuses root.
func (t tools) unprivileged() (tools, error) {
	if os.Geteuid() != 0 {
		return t, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return t, fmt.Errorf("user %s: %w", name, err)
		}
		t.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return t, nil
	}
	return t, errors.New("PostgreSQL refuses to run as root and there is no user postgres or nobody")
}

// own makes the user that PostgreSQL runs as the owner of a folder.
func (t tools) own(folder string) error {
	if t.credential == nil {
		return nil
	}
	return os.Chown(folder, int(t.credential.Uid), int(t.credential.Gid))
}
