package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Values are the stored values of a workspace.
type Values interface {
	// SecretValues calls fn with stored values in the order of their places, at most limit of them after a place.
	SecretValues(ctx context.Context, ws int64, afterOwner, afterField string, limit int,
		fn func(owner, field string, value []byte) error) error
	// ReplaceSecretValue sets a value if it still is what it was; else it does nothing. It is catalog.ErrConflict if
	// the data key no longer has that version.
	ReplaceSecretValue(ctx context.Context, ws int64, owner, field string, was, value []byte, version int64) error
}

// RotateMaster encrypts all data keys by the newest master key, so that the older ones are no longer needed.
func (k *Keeper) RotateMaster(ctx context.Context) error {
	return k.eachDataKey(ctx, func(ws int64, key dataKey) error {
		_, err := k.replace(ctx, ws, key.handle, key.version)
		return err
	})
}

// RotateData gives every workspace a new data key and encrypts its values by it. Processes that run meanwhile read
// both: the data key has the old one until all values have been replaced. One that was stopped is begun again.
func (k *Keeper) RotateData(ctx context.Context, values Values) error {
	return k.eachDataKey(ctx, func(ws int64, key dataKey) error {
		m := keyset.NewManagerFromHandle(key.handle)
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		if err == nil {
			err = m.SetPrimary(id)
		}
		if err != nil {
			return fmt.Errorf("data key of workspace %d: %w", ws, err)
		}
		handle, err := m.Handle()
		if err != nil {
			return fmt.Errorf("data key of workspace %d: %w", ws, err)
		}
		if key, err = k.replace(ctx, ws, handle, key.version); err != nil {
			return err
		}
		if err := k.sealAgain(ctx, ws, values); err != nil {
			return err
		}
		return k.dropOld(ctx, ws, key)
	})
}

// sealAgain encrypts the values of a workspace by its primary key. Values that were stored meanwhile are by it already.
func (k *Keeper) sealAgain(ctx context.Context, ws int64, values Values) error {
	const atOnce = 100
	for after := (Place{}); ; {
		var some []Sealed
		err := values.SecretValues(ctx, ws, after.Owner, after.Field, atOnce, func(owner, field string, value []byte) error {
			some = append(some, Sealed{Place: Place{owner, field}, Value: bytes.Clone(value)})
			return nil
		})
		if err != nil || len(some) == 0 {
			return err
		}
		for _, v := range some {
			if err := k.sealOne(ctx, ws, v, values); err != nil {
				return err
			}
		}
		after = some[len(some)-1].Place
	}
}

func (k *Keeper) sealOne(ctx context.Context, ws int64, v Sealed, values Values) error {
	value, err := k.Open(ctx, ws, v.Place, v.Value)
	if err != nil {
		return err
	}
	again, err := k.Seal(ctx, ws, v.Place, value)
	if err != nil {
		return err
	}
	return values.ReplaceSecretValue(ctx, ws, v.Owner, v.Field, v.Value, again.Value, again.Version)
}

// dropOld removes all keys but the primary one from a data key.
func (k *Keeper) dropOld(ctx context.Context, ws int64, key dataKey) error {
	primary, err := key.handle.Primary()
	if err != nil {
		return fmt.Errorf("data key of workspace %d: %w", ws, err)
	}
	m := keyset.NewManagerFromHandle(key.handle)
	for i := range key.handle.Len() {
		entry, err := key.handle.Entry(i)
		if err == nil && entry.KeyID() != primary.KeyID() {
			err = m.Delete(entry.KeyID())
		}
		if err != nil {
			return fmt.Errorf("data key of workspace %d: %w", ws, err)
		}
	}
	handle, err := m.Handle()
	if err != nil {
		return fmt.Errorf("data key of workspace %d: %w", ws, err)
	}
	_, err = k.replace(ctx, ws, handle, key.version)
	return err
}

// eachDataKey calls fn with every data key; again if another process replaced one at the same time.
func (k *Keeper) eachDataKey(ctx context.Context, fn func(ws int64, key dataKey) error) error {
	all, err := k.store.DataKeys(ctx)
	if err != nil {
		return err
	}
	for _, ws := range all {
		const tries = 3
		for try := 1; ; try++ {
			key, err := k.load(ctx, ws)
			if err == nil {
				err = fn(ws, key)
			}
			if err == nil {
				break
			}
			if try == tries || !errors.Is(err, catalog.ErrConflict) {
				return err
			}
		}
	}
	return nil
}
