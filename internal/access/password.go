package access

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// The length of passwords: characters at least, bytes at most.
const (
	ShortestPassword = 12
	LongestPassword  = 256
)

// hashedAtOnce bounds the passwords that are hashed at a time: each takes memory KiB.
const hashedAtOnce = 2

// The parameters of argon2id. A hash with others is replaced at the next sign-in.
const (
	hashMemory  = 19 << 10 // KiB
	hashTime    = 2
	hashThreads = 1
	saltLength  = 16
	hashLength  = 32
)

// PasswordError is the error of a password that is not accepted. It is catalog.ErrInvalid.
type PasswordError struct{ Reason string }

func (e *PasswordError) Error() string { return "password: " + e.Reason }

// Is makes it a catalog.ErrInvalid.
func (e *PasswordError) Is(target error) bool { return target == catalog.ErrInvalid }

// checkPassword returns a *PasswordError for a password that is too short, too long or easy to guess.
func checkPassword(password string, u store.User) error {
	switch {
	case utf8.RuneCountInString(password) < ShortestPassword:
		return &PasswordError{fmt.Sprintf("has fewer than %d characters", ShortestPassword)}
	case len(password) > LongestPassword:
		return &PasswordError{fmt.Sprintf("is longer than %d bytes", LongestPassword)}
	case !utf8.ValidString(password):
		return &PasswordError{"is not UTF-8"}
	}
	return guessable(password, u)
}

// hash returns a password's hash in PHC form, with a new salt.
func (a *Access) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	if _, err := io.ReadFull(a.random, salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	sum, err := a.argon2id(ctx, password, parameters{hashMemory, hashTime, hashThreads}, salt, hashLength)
	if err != nil {
		return "", err
	}
	return encodeHash(parameters{hashMemory, hashTime, hashThreads}, salt, sum), nil
}

// parameters are those of argon2id that a hash was made with.
type parameters struct {
	memory, time uint32
	threads      uint8
}

func encodeHash(p parameters, salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// decodeHash parses what encodeHash returns; false for anything else.
func decodeHash(text string) (p parameters, salt, sum []byte, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprint("v=", argon2.Version) {
		return p, nil, nil, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil || n != 3 || p.time == 0 || p.threads == 0 {
		return p, nil, nil, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return p, nil, nil, false
	}
	sum, err = base64.RawStdEncoding.DecodeString(parts[5])
	return p, salt, sum, err == nil && len(sum) > 0
}

// outdated reports whether a hash was made with other parameters than those of new ones.
func outdated(hash string) bool {
	p, _, _, ok := decodeHash(hash)
	return ok && p != parameters{hashMemory, hashTime, hashThreads}
}

// verifyPassword reports whether a password has a hash. Without a hash it takes as long as with one, and is false.
func (a *Access) verifyPassword(ctx context.Context, hash, password string) (bool, error) {
	p, salt, sum, ok := decodeHash(hash)
	if !ok {
		p, salt, sum = parameters{hashMemory, hashTime, hashThreads}, make([]byte, saltLength), make([]byte, hashLength)
	}
	got, err := a.argon2id(ctx, password, p, salt, len(sum))
	return ok && subtle.ConstantTimeCompare(got, sum) == 1, err
}

// argon2id hashes a password once there is room for it.
func (a *Access) argon2id(ctx context.Context, password string, p parameters, salt []byte, length int) ([]byte, error) {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
	case <-ctx.Done():
		return nil, fmt.Errorf("password: %w", ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, p.time, p.memory, p.threads, uint32(length)), nil
}
