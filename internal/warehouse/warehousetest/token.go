package warehousetest

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
)

// NewKey makes a private key, with its PEM form.
func NewKey(t testing.TB) (*rsa.PrivateKey, string) {
	t.Helper()
	key, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	return key, pemOf(t, key)
}

func pemOf(t testing.TB, key *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// key is the one that tests share where any will do: making one takes long.
var key = sync.OnceValues(newKey) //nolint:gochecknoglobals // made once

func newKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// Key returns a private key that tests share, with its PEM form.
func Key(t testing.TB) (*rsa.PrivateKey, string) {
	t.Helper()
	k, err := key()
	if err != nil {
		t.Fatal(err)
	}
	return k, pemOf(t, k)
}

// verified returns the header and the claims of a token that a public key verifies.
func verified(token string, public *rsa.PublicKey) (header, claims map[string]any, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, nil, errors.New("the token has not three parts")
	}
	var decoded [3][]byte
	for n, p := range parts {
		if decoded[n], err = base64.RawURLEncoding.DecodeString(p); err != nil {
			return nil, nil, fmt.Errorf("part %d of the token: %w", n, err)
		}
	}
	hash := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, hash[:], decoded[2]); err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(decoded[0], &header); err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(decoded[1], &claims); err != nil {
		return nil, nil, err
	}
	if header["alg"] != "RS256" {
		return nil, nil, fmt.Errorf("signed by %v", header["alg"])
	}
	return header, claims, nil
}

// certificate returns the certificate of a server in PEM form.
func certificate(s *httptest.Server) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

// Always is a server that replies the same to everything.
type Always []byte

// RoundTrip implements http.RoundTripper.
func (a Always) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a))}, nil
}
