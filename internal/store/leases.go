package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// LeaseTime is how long a lease holds without Heartbeat or RenewLease.
const LeaseTime = 60 * time.Second

// Lease is the right to write a schema. Token fences: it grows with every
// lease of the schema, and a write under an older one is catalog.ErrFenced. A
// lease that ran out still writes until another took the schema.
type Lease struct {
	WS     int64
	Schema catalog.SchemaID
	Token  int64
	Holder string
}

// fence ends the transaction unless the lease is the schema's last one. It
// locks the schema's row: the next lease waits for this transaction.
func (tx Tx) fence(ctx context.Context, l Lease) error {
	n, err := tx.exec(ctx, `UPDATE schemas SET lease_token = lease_token WHERE ws = ? AND id = ? AND lease_token = ?`, l.WS, int64(l.Schema), l.Token)
	if err != nil {
		return err
	}
	if n == 0 {
		return catalog.ErrFenced
	}
	return nil
}

// takeLease leases a schema if it is free, or held by own ("" = nobody); Token 0
// if it is neither. A lease that ends later than one taken now could is of a clock
// that was ahead, and is free.
func (s *Store) takeLease(ctx context.Context, tx Tx, ws int64, schema catalog.SchemaID, holder, own string) (Lease, error) {
	now, err := s.clock(ctx, tx.db)
	if err != nil {
		return Lease{}, err
	}
	token, err := one(ctx, tx.db, scalar[int64], `UPDATE schemas SET lease_token = lease_token + 1, lease_holder = ?, lease_expires = ?
		WHERE ws = ? AND id = ? AND (lease_expires <= ? OR lease_expires > ? OR lease_holder = ?) RETURNING lease_token`,
		holder, micros(now.Add(LeaseTime)), ws, int64(schema), micros(now), micros(now.Add(LeaseTime+clockSlack)), own)
	if errors.Is(err, catalog.ErrNotFound) {
		return Lease{}, nil
	}
	return Lease{WS: ws, Schema: schema, Token: token, Holder: holder}, err
}

// FreeLeases ends every lease, of schemas and of jobs. Only for a caller that
// knows that no other process has the store open: what held a lease is then
// dead, and nobody has to wait for it to expire. The tokens stay, so a late
// write of the dead would still be fenced.
func (s *Store) FreeLeases(ctx context.Context) error {
	err := s.tx(ctx, func(tx Tx) error {
		if _, err := tx.exec(ctx, `UPDATE schemas SET lease_expires = 0 WHERE lease_expires > 0`); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `UPDATE jobs SET due_at = 0 WHERE state = 'running'`)
		return err
	})
	if err != nil {
		return fmt.Errorf("free leases: %w", err)
	}
	return nil
}

// LeaseSchema takes the lease of a schema for an edit, waiting for it if
// another holds it. catalog.ErrBusy after wait.
func (s *Store) LeaseSchema(ctx context.Context, ws int64, schema catalog.SchemaID, holder string, wait time.Duration) (Lease, error) {
	return s.leaseSchema(ctx, ws, schema, wait, func(tx Tx) (Lease, error) { return s.takeLease(ctx, tx, ws, schema, holder, "") })
}

// LeaseForJob takes the lease of a schema for a claimed job, as LeaseSchema does.
// What an earlier attempt of the same job still holds is free for it at once,
// even if others wait: nobody gets it before.
// catalog.ErrFenced if the job has passed to another worker.
func (s *Store) LeaseForJob(ctx context.Context, c JobClaim, schema catalog.SchemaID, wait time.Duration) (Lease, error) {
	take := func(tx Tx) (Lease, error) {
		n, err := tx.exec(ctx, `UPDATE jobs SET token = token WHERE ws = ? AND id = ? AND token = ? AND state = 'running'`, c.WS, c.ID, c.Token)
		if err != nil {
			return Lease{}, err
		}
		if n == 0 {
			return Lease{}, catalog.ErrFenced
		}
		return s.takeLease(ctx, tx, c.WS, schema, c.Holder(), c.Holder())
	}
	if s.leases.isEmpty(leaseLine{c.WS, schema}) {
		return s.leaseSchema(ctx, c.WS, schema, wait, take)
	}
	return s.retake(ctx, c, schema, wait, take)
}

// retake is leaseSchema for a job that need not wait in line if an earlier attempt of it has the lease.
func (s *Store) retake(ctx context.Context, c JobClaim, schema catalog.SchemaID, wait time.Duration, take func(Tx) (Lease, error)) (lease Lease, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		holder, err := one(ctx, tx.db, scalar[string], `SELECT lease_holder FROM schemas WHERE ws = ? AND id = ? AND lease_expires > 0`, c.WS, int64(schema))
		if err != nil || holder != c.Holder() {
			if notFound(err) {
				err = nil
			}
			return err
		}
		lease, err = take(tx)
		return err
	})
	if err != nil {
		return Lease{}, fmt.Errorf("lease %s: %w", schema, err)
	}
	if lease.Token != 0 {
		return lease, nil
	}
	return s.leaseSchema(ctx, c.WS, schema, wait, take)
}

// leaseSchema waits in the line of the schema.
func (s *Store) leaseSchema(ctx context.Context, ws int64, schema catalog.SchemaID, wait time.Duration, take func(Tx) (Lease, error)) (Lease, error) {
	try := func() (lease Lease, err error) {
		err = s.tx(ctx, func(tx Tx) (err error) {
			if lease, err = take(tx); err != nil || lease.Token != 0 {
				return err
			}
			_, err = tx.schema(ctx, ws, schema)
			return err
		})
		return lease, err
	}
	line := leaseLine{ws, schema}
	lease, err := Lease{}, error(nil)
	if s.leases.isEmpty(line) { // the usual case
		lease, err = try()
	}
	if err == nil && lease.Token == 0 {
		lease, err = s.waitForLease(ctx, line, wait, try)
	}
	if err != nil {
		return Lease{}, fmt.Errorf("lease %s: %w", schema, err)
	}
	return lease, nil
}

// waitForLease tries again when the lease was given back in this process, and now and then because it may have been in
// another one.
func (s *Store) waitForLease(ctx context.Context, line leaseLine, wait time.Duration, try func() (Lease, error)) (Lease, error) {
	if wait <= 0 {
		return Lease{}, catalog.ErrBusy
	}
	const first, longest = 2 * time.Millisecond, 100 * time.Millisecond
	turn, over := s.leases.join(line), time.NewTimer(wait)
	defer s.leases.leave(line, turn)
	defer over.Stop()
	select {
	case <-turn.first:
	case <-over.C:
		return Lease{}, catalog.ErrBusy
	case <-ctx.Done():
		return Lease{}, ctx.Err()
	}
	for pause := first; ; pause = min(2*pause, longest) {
		if lease, err := try(); err != nil || lease.Token != 0 {
			return lease, err
		}
		select {
		case <-turn.freed:
			pause = first
		case <-time.After(pause):
		case <-over.C:
			return Lease{}, catalog.ErrBusy
		case <-ctx.Done():
			return Lease{}, ctx.Err()
		}
	}
}

// RenewLease makes the lease last LeaseTime from now on. One that was given back
// is catalog.ErrFenced, so that a late renewal does not hold the schema.
func (s *Store) RenewLease(ctx context.Context, l Lease) error {
	err := s.tx(ctx, func(tx Tx) error {
		now, err := s.clock(ctx, tx.db)
		if err != nil {
			return err
		}
		n, err := tx.exec(ctx, `UPDATE schemas SET lease_expires = ? WHERE ws = ? AND id = ? AND lease_token = ? AND lease_expires > 0`,
			micros(now.Add(LeaseTime)), l.WS, int64(l.Schema), l.Token)
		if err == nil && n == 0 {
			err = catalog.ErrFenced
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("renew lease of %s: %w", l.Schema, err)
	}
	return nil
}

// ReleaseLease gives the lease back.
func (s *Store) ReleaseLease(ctx context.Context, l Lease) error {
	err := s.tx(ctx, func(tx Tx) error { return tx.setExpiry(ctx, l, 0) })
	if err != nil {
		return fmt.Errorf("release lease of %s: %w", l.Schema, err)
	}
	s.leases.noteFreed(leaseLine{l.WS, l.Schema})
	return nil
}

func (tx Tx) setExpiry(ctx context.Context, l Lease, expires int64) error {
	n, err := tx.exec(ctx, `UPDATE schemas SET lease_expires = ? WHERE ws = ? AND id = ? AND lease_token = ?`, expires, l.WS, int64(l.Schema), l.Token)
	if err != nil {
		return err
	}
	if n == 0 {
		return catalog.ErrFenced
	}
	return nil
}
