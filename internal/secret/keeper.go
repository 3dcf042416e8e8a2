package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// ErrNoMasterKey means that a data key was encrypted by a master key that this process does not have.
var ErrNoMasterKey = errors.New("the master key of the stored credentials is missing")

// ErrUnreadable means that a stored value does not decrypt: it is damaged, or belongs elsewhere.
var ErrUnreadable = errors.New("the stored credential cannot be decrypted")

// Store keeps the encrypted data keys.
type Store interface {
	// DataKey returns the data key of a workspace, its version, and the id of the master key that encrypted it;
	// catalog.ErrNotFound if there is none.
	DataKey(ctx context.Context, ws int64) (master string, version int64, encrypted []byte, err error)
	// ReplaceDataKey sets the data key of a workspace, whose version grows by one, if it has that version; 0 = there is
	// none. Else it is catalog.ErrConflict.
	ReplaceDataKey(ctx context.Context, ws, version int64, master string, encrypted []byte) error
	// DataKeys returns the workspaces that have a data key.
	DataKeys(ctx context.Context) ([]int64, error)
}

// Place is where a value is stored: a row, such as WHK-3, and its field.
type Place struct {
	Owner string
	Field string
}

// Sealed is an encrypted value. It may be stored only while the data key of the workspace has the version by which it
// was encrypted: else the data key may lose the key that decrypts it.
type Sealed struct {
	Place
	Value   []byte
	Version int64
}

// Keeper encrypts and decrypts values. It is safe for concurrent use.
type Keeper struct {
	store  Store
	master MasterKeys

	mu   sync.Mutex
	keys map[int64]dataKey
}

// dataKey is the decrypted data key of a workspace.
type dataKey struct {
	version int64
	handle  *keyset.Handle
	aead    tink.AEAD
}

// NewKeeper returns a Keeper. It reads nothing before it is used.
func NewKeeper(store Store, master MasterKeys) *Keeper {
	return &Keeper{store: store, master: master, keys: map[int64]dataKey{}}
}

// Check returns ErrNoMasterKey if values are stored that this process could not decrypt.
func (k *Keeper) Check(ctx context.Context) error {
	all, err := k.store.DataKeys(ctx)
	if err != nil {
		return err
	}
	for _, ws := range all {
		if _, err := k.load(ctx, ws); err != nil {
			return err
		}
	}
	return nil
}

// Seal encrypts a value for a place. The first one of a workspace makes its data key.
func (k *Keeper) Seal(ctx context.Context, ws int64, p Place, value []byte) (Sealed, error) {
	key, err := k.ensure(ctx, ws)
	if err != nil {
		return Sealed{}, fmt.Errorf("encrypt %s of %s: %w", p.Field, p.Owner, err)
	}
	sealed, err := key.aead.Encrypt(value, binding(ws, p))
	if err != nil {
		return Sealed{}, fmt.Errorf("encrypt %s of %s: %w", p.Field, p.Owner, err)
	}
	return Sealed{p, sealed, key.version}, nil
}

// Open decrypts a value that Seal returned for the same place. Use it at once, and keep it nowhere.
func (k *Keeper) Open(ctx context.Context, ws int64, p Place, sealed []byte) ([]byte, error) {
	key, err := k.cached(ctx, ws)
	if err != nil {
		return nil, fmt.Errorf("decrypt %s of %s: %w", p.Field, p.Owner, err)
	}
	value, err := key.aead.Decrypt(sealed, binding(ws, p))
	if err == nil {
		return value, nil
	}
	// Another process may have changed the data key.
	if key, err = k.load(ctx, ws); err != nil {
		return nil, fmt.Errorf("decrypt %s of %s: %w", p.Field, p.Owner, err)
	}
	if value, err = key.aead.Decrypt(sealed, binding(ws, p)); err != nil {
		return nil, fmt.Errorf("decrypt %s of %s: %w", p.Field, p.Owner, ErrUnreadable)
	}
	return value, nil
}

// binding is what a value is authenticated with. The lengths keep two places from having the same one.
func binding(ws int64, p Place) []byte {
	return fmt.Appendf(nil, "thalweg secret %d %d:%s %d:%s", ws, len(p.Owner), p.Owner, len(p.Field), p.Field)
}

func (k *Keeper) cached(ctx context.Context, ws int64) (dataKey, error) {
	k.mu.Lock()
	key, ok := k.keys[ws]
	k.mu.Unlock()
	if ok {
		return key, nil
	}
	return k.load(ctx, ws)
}

// load reads the data key of a workspace.
func (k *Keeper) load(ctx context.Context, ws int64) (dataKey, error) {
	master, version, encrypted, err := k.store.DataKey(ctx, ws)
	if err != nil {
		return dataKey{}, err
	}
	with, ok := k.master.named(master)
	if !ok {
		return dataKey{}, fmt.Errorf("%w: its id is %s, this process has %s", ErrNoMasterKey, master, k.master.ID())
	}
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(encrypted)), with.aead, dataKeyBinding(ws))
	if err != nil {
		return dataKey{}, fmt.Errorf("data key of workspace %d: %w", ws, ErrUnreadable)
	}
	return k.remember(ws, handle, version)
}

func (k *Keeper) remember(ws int64, handle *keyset.Handle, version int64) (dataKey, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return dataKey{}, fmt.Errorf("data key of workspace %d: %w", ws, err)
	}
	key := dataKey{version, handle, primitive}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[ws] = key
	return key, nil
}

func dataKeyBinding(ws int64) []byte { return fmt.Appendf(nil, "thalweg data key %d", ws) }

// ensure returns the present data key of a workspace, which it makes if there is none. Of two processes that make it
// at once, both use the one that was stored first.
func (k *Keeper) ensure(ctx context.Context, ws int64) (dataKey, error) {
	key, err := k.load(ctx, ws)
	if !errors.Is(err, catalog.ErrNotFound) {
		return key, err
	}
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return dataKey{}, fmt.Errorf("data key of workspace %d: %w", ws, err)
	}
	key, err = k.replace(ctx, ws, handle, 0)
	if errors.Is(err, catalog.ErrConflict) {
		return k.load(ctx, ws)
	}
	return key, err
}

// replace stores a data key, encrypted by the newest master key, in the place of another.
func (k *Keeper) replace(ctx context.Context, ws int64, handle *keyset.Handle, version int64) (dataKey, error) {
	var b bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&b), k.master.keys[0].aead, dataKeyBinding(ws)); err != nil {
		return dataKey{}, fmt.Errorf("data key of workspace %d: %w", ws, err)
	}
	if err := k.store.ReplaceDataKey(ctx, ws, version, k.master.ID(), b.Bytes()); err != nil {
		return dataKey{}, err
	}
	return k.remember(ws, handle, version+1)
}
