package secret

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/thalweg-data/thalweg/internal/durable"
)

// FileName is the file of the master keys in the data folder.
const FileName = "secret.key"

const masterKeySize = 32 // bytes: AES-256

// MasterKeys are the keys that encrypt data keys, newest first. Older ones only decrypt.
type MasterKeys struct{ keys []masterKey }

type masterKey struct {
	id   string // the first 8 digits of the SHA-256 of the key
	raw  []byte
	aead tink.AEAD
}

// GenerateMasterKeys returns one new key.
func GenerateMasterKeys(random io.Reader) (MasterKeys, error) {
	raw := make([]byte, masterKeySize)
	if _, err := io.ReadFull(random, raw); err != nil {
		return MasterKeys{}, fmt.Errorf("master key: %w", err)
	}
	k, err := newMasterKey(raw)
	return MasterKeys{[]masterKey{k}}, err
}

func newMasterKey(raw []byte) (masterKey, error) {
	if len(raw) != masterKeySize {
		return masterKey{}, fmt.Errorf("a master key has %d bytes, want %d", len(raw), masterKeySize)
	}
	if first := raw[0]; !slices.ContainsFunc(raw, func(b byte) bool { return b != first }) {
		return masterKey{}, errors.New("a master key of equal bytes is an example, not a key")
	}
	sum := sha256.Sum256(raw)
	aead, err := subtle.NewAESGCM(raw)
	if err != nil {
		return masterKey{}, fmt.Errorf("master key: %w", err)
	}
	return masterKey{hex.EncodeToString(sum[:4]), raw, aead}, nil
}

// ParseMasterKeys reads keys of 32 bytes in base64, newest first, separated by commas or line ends. A line that begins
// with # is a comment. Errors never quote the text.
func ParseMasterKeys(text string) (MasterKeys, error) {
	var m MasterKeys
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for field := range strings.SplitSeq(line, ",") {
			field = strings.TrimSpace(field)
			if field == "" {
				continue
			}
			raw, err := base64.StdEncoding.DecodeString(field)
			if err != nil {
				return MasterKeys{}, fmt.Errorf("master key %d is not base64", len(m.keys)+1)
			}
			k, err := newMasterKey(raw)
			if err != nil {
				return MasterKeys{}, err
			}
			m.keys = append(m.keys, k)
		}
	}
	if len(m.keys) == 0 {
		return MasterKeys{}, errors.New("there is no master key in it")
	}
	return m, nil
}

// ReadMasterKeys reads a file of master keys; fs.ErrNotExist if there is none. A file that others may read is refused;
// one that only its folder keeps from them, such as a copy, gets the mode 0600.
func ReadMasterKeys(path string) (MasterKeys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return MasterKeys{}, fmt.Errorf("master keys: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		if err := hide(path); err != nil {
			return MasterKeys{}, err
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return MasterKeys{}, fmt.Errorf("master keys: %w", err)
	}
	m, err := ParseMasterKeys(string(text))
	if err != nil {
		return MasterKeys{}, fmt.Errorf("master keys in %s: %w", path, err)
	}
	return m, nil
}

// hide takes a file away from others that its folder is closed to.
func hide(path string) error {
	folder, err := os.Stat(filepath.Dir(path))
	if err == nil && folder.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("others may read them: run chmod 600 %s, and thalweg secrets rotate if somebody may have", path)
	}
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		return fmt.Errorf("master keys in %s: %w", path, err)
	}
	return nil
}

// EnsureMasterKeys reads a file of master keys, or makes one with a new key. Of two processes that make it at once, one
// does.
func EnsureMasterKeys(path string, random io.Reader) (MasterKeys, error) {
	m, err := ReadMasterKeys(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	if m, err = GenerateMasterKeys(random); err != nil {
		return m, err
	}
	if err := durable.CreateFile(path, m.text()); err != nil && !errors.Is(err, fs.ErrExist) {
		return MasterKeys{}, fmt.Errorf("master keys: %w", err)
	}
	return ReadMasterKeys(path)
}

// WriteMasterKeys replaces a file of master keys.
func WriteMasterKeys(path string, m MasterKeys) error {
	if err := durable.WriteFile(path, m.text()); err != nil {
		return fmt.Errorf("master keys: %w", err)
	}
	return nil
}

// text is what ParseMasterKeys reads.
func (m MasterKeys) text() []byte {
	text := []byte("# Master keys of Thalweg, newest first. Without them the stored credentials cannot be read: keep a copy apart from backups.\n")
	for _, k := range m.keys {
		text = append(base64.StdEncoding.AppendEncode(text, k.raw), '\n')
	}
	return text
}

// With returns the keys with another's first.
func (m MasterKeys) With(newer MasterKeys) MasterKeys {
	return MasterKeys{slices.Concat(newer.keys, m.keys)}
}

// Newest returns the newest key alone.
func (m MasterKeys) Newest() MasterKeys { return MasterKeys{m.keys[:1]} }

// ID names the newest key. It reveals nothing of it.
func (m MasterKeys) ID() string { return m.keys[0].id }

// named returns the key with an id.
func (m MasterKeys) named(id string) (masterKey, bool) {
	i := slices.IndexFunc(m.keys, func(k masterKey) bool { return k.id == id })
	if i < 0 {
		return masterKey{}, false
	}
	return m.keys[i], true
}

// String keeps keys out of logs.
func (m MasterKeys) String() string { return fmt.Sprintf("%d master keys", len(m.keys)) }
