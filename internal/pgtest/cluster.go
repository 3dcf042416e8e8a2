//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	superuser = "postgres"
	owner     = "thalweg" // owns the databases, has no other rights
)

// Cluster is one PostgreSQL server of our own. It listens on 127.0.0.1 and on a socket in its folder. Its
// methods are for one goroutine, DSN and AdminDSN for any.
type Cluster struct {
	tools    tools
	folder   string
	port     int
	settings []string
	process  *os.Process
	exited   chan struct{} // closed when process is gone
}

// Start makes a cluster in folder, or reuses the one that Start made there, and waits until it answers. It writes as in
// production, with fsync, so that it may be killed. The caller must Stop it; it ends with the calling process at the
// latest (on Linux). As root, the folder is given to an unprivileged user, who must be able to reach it.
func Start(ctx context.Context, folder string) (*Cluster, error) {
	return launch(ctx, folder, nil)
}

func launch(ctx context.Context, folder string, settings []string) (*Cluster, error) {
	found, err := find()
	if err != nil {
		return nil, err
	}
	folder, err = filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	c := &Cluster{tools: found, folder: folder, settings: settings}
	if err := c.initialize(ctx); err != nil {
		return nil, err
	}
	// Another process may take a free port before the server does; then the next one is tried.
	for range 5 {
		if c.port, err = freePort(ctx); err != nil {
			return nil, err
		}
		if err = c.Restart(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return c, c.createUser(ctx)
}

// initialize runs initdb unless there is a cluster.
func (c *Cluster) initialize(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.data(), "PG_VERSION")); err == nil {
		return nil
	}
	if err := os.MkdirAll(c.folder, 0o755); err != nil {
		return err
	}
	if err := c.tools.own(c.folder); err != nil {
		return err
	}
	initdb := exec.CommandContext(ctx, c.tools.initdb,
		"--pgdata="+c.data(), "--username="+superuser, "--auth=trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	c.prepare(initdb)
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }

func (c *Cluster) log() string { return filepath.Join(c.folder, "postgres.log") }

// prepare makes a command run where and as whom PostgreSQL accepts.
func (c *Cluster) prepare(cmd *exec.Cmd) {
	cmd.Dir = c.folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.SysProcAttr = c.tools.attributes()
}

// Restart starts the server again, on the same port, after Kill9 or Stop, and waits until it answers.
func (c *Cluster) Restart(ctx context.Context) error {
	args := []string{"-D", c.data(), "-p", strconv.Itoa(c.port), "-c", "listen_addresses=127.0.0.1", "-c", "jit=off"}
	// A socket's path is limited to about 100 bytes by the system.
	if len(c.folder) < 80 {
		args = append(args, "-k", c.folder)
	} else {
		args = append(args, "-k", "")
	}
	for _, setting := range c.settings {
		args = append(args, "-c", setting)
	}
	log, err := os.OpenFile(c.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	server := exec.Command(c.tools.postgres, args...) //nolint:noctx // it outlives this call
	c.prepare(server)
	server.Stdout, server.Stderr = log, log
	if err := c.spawn(server); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	if err := c.await(ctx); err != nil {
		text, _ := os.ReadFile(c.log()) // without it the error is still complete enough
		return errors.Join(fmt.Errorf("postgres: %w\n%s", err, tail(string(text), 20)), c.Kill9())
	}
	return nil
}

// spawn starts the server from a thread that lives as long as it: the death signal that ends it with this
// process is sent when the thread that started it ends.
func (c *Cluster) spawn(server *exec.Cmd) error {
	started := make(chan error)
	exited := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := server.Start()
		started <- err
		if err == nil {
			_ = server.Wait() // how it ended is in its log
			close(exited)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	c.process, c.exited = server.Process, exited
	return nil
}

// await returns when the server takes connections, or with an error when it has ended.
func (c *Cluster) await(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, c.AdminDSN(superuser))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.exited:
			return errors.New("ended at its start")
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// Kill9 kills the server and all its backends at once, as a crash would. It returns when they are gone.
func (c *Cluster) Kill9() error {
	backends := children(c.process.Pid)
	if err := c.process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill postgres: %w", err)
	}
	for _, pid := range backends {
		// A backend may be gone by now, which is as good.
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	<-c.exited
	for _, pid := range backends {
		for !gone(pid) {
			time.Sleep(time.Millisecond) // they are dying; their shared memory bars the next start
		}
	}
	return nil
}

// Stop shuts the server down cleanly: open transactions are rolled back, what was committed is on disk.
func (c *Cluster) Stop() error {
	if err := c.process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop postgres: %w", err)
	}
	<-c.exited
	return nil
}

// DSN returns the address of a database for the user that owns it.
func (c *Cluster) DSN(database string) string { return c.address(owner, database) }

// AdminDSN returns the address of a database for the superuser.
func (c *Cluster) AdminDSN(database string) string { return c.address(superuser, database) }

func (c *Cluster) address(role, database string) string {
	host := net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port))
	address := url.URL{Scheme: "postgres", User: url.User(role), Host: host, Path: database, RawQuery: "sslmode=disable"}
	return address.String()
}

// CreateDatabase makes an empty database that DSN's user owns.
func (c *Cluster) CreateDatabase(ctx context.Context, database string) error {
	return c.createFrom(ctx, database, "template0")
}

func (c *Cluster) createFrom(ctx context.Context, database, template string) error {
	return c.admin(ctx, fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE %s", quoted(database), owner, quoted(template)))
}

func (c *Cluster) drop(ctx context.Context, database string) error {
	return c.admin(ctx, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", quoted(database)))
}

func (c *Cluster) createUser(ctx context.Context) error {
	// The role that the store's reading connections take, so that the tests run under row-level security.
	return c.admin(ctx, fmt.Sprintf("DO $$ BEGIN CREATE ROLE %s LOGIN; CREATE ROLE %s_reader NOLOGIN; GRANT %s_reader TO %s; "+
		"EXCEPTION WHEN duplicate_object THEN NULL; END $$", owner, owner, owner, owner))
}

func (c *Cluster) admin(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, c.AdminDSN(superuser))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// tail returns the last n lines of text.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
