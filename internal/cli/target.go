package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/thalweg-data/thalweg/internal/app"
	"github.com/thalweg-data/thalweg/internal/config"
)

// target is what a command works on: a server by its address, or a data folder,
// through the server that serves it or, if none does, by serving it for the
// duration of the command.
type target struct {
	settings
	Server string `help:"Address of a server, such as https://catalog.example.com; a data folder otherwise ($$THALWEG_SERVER)."`
	Key    string `env:"THALWEG_KEY" help:"API key for the server."`

	alone bool // no server serves the folder; this command does
}

// with runs do with a client of the target.
func (t *target) with(ctx context.Context, out *output, do func(*client) error) error {
	if server := t.server(); server != "" {
		if u, err := url.Parse(server); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return usagef("--server %q: want an address such as https://catalog.example.com or http://127.0.0.1:8080", server)
		}
		return do(newRemote(server, t.Key))
	}
	cfg, err := t.load()
	if err != nil {
		return err
	}
	socket := newSocket(app.SocketPath(cfg.Data))
	if socket.alive(ctx) {
		return do(socket)
	}
	t.alone = true
	return t.serveFor(ctx, out, cfg, socket, do)
}

// server is the address of the server, "" for a folder or database. One that is
// named by a flag is not overridden by the environment.
func (t *target) server() string {
	if t.Server != "" || t.Data != "" || t.DatabaseURL != "" {
		return t.Server
	}
	return os.Getenv("THALWEG_SERVER")
}

// serveFor opens the folder and serves its socket while do runs.
func (t *target) serveFor(ctx context.Context, out *output, cfg config.Config, socket *client, do func(*client) error) error {
	a, err := app.Open(ctx, cfg, app.Options{Build: build(), Log: t.logger(out, cfg)})
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- a.ServeSocket(serving) }()
	err = awaitAlive(ctx, socket, served)
	if err == nil {
		err = do(socket)
	}
	stop()
	return errors.Join(err, <-served, a.Close())
}

func awaitAlive(ctx context.Context, socket *client, served <-chan error) error {
	for range 500 {
		if socket.alive(ctx) {
			return nil
		}
		select {
		case err := <-served:
			return fmt.Errorf("data folder: %w", errors.Join(err, errors.New("its socket does not answer")))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return errors.New("data folder: its socket does not answer")
}
