package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/store"
)

// channel is where processes notify each other of waiting work.
const channel = "thalweg_imports"

// Notify wakes all processes when the transaction commits.
func (e *engine) Notify(ctx context.Context, tx store.Tx) error {
	_, err := tx.SQL.ExecContext(ctx, `SELECT pg_notify($1, '')`, channel)
	return err
}

// Listen wakes on every notice until Close. While the database does not answer
// it tries again, ever more slowly; workers poll as well.
func (e *engine) Listen(wake func()) {
	if e.standby {
		return
	}
	e.stopped = make(chan struct{})
	go func() {
		defer close(e.stopped)
		const first, longest = 100 * time.Millisecond, 30 * time.Second
		for pause := first; e.listening.Err() == nil; pause = min(2*pause, longest) {
			if e.listen(e.listening, wake) {
				pause = first
			}
			select {
			case <-e.listening.Done():
			case <-time.After(pause):
			}
		}
	}()
}

// listen waits for notifications until the connection breaks; connected reports whether
// there was one.
func (e *engine) listen(ctx context.Context, wake func()) (connected bool) {
	conn, err := pgx.ConnectConfig(ctx, e.config.Copy())
	if err != nil {
		return false
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(end) // it is closed either way
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return false
	}
	for {
		wake() // notices may have been missed before this
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return true
		}
	}
}
