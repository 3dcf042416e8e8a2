package warehouse

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
)

// leastKey is the size of the smallest key that signs, in bits.
const leastKey = 2048

// ReadKey reads a private RSA key in PEM form. No error shows the key.
func ReadKey(text string) (*rsa.PrivateKey, error) {
	block, rest := pem.Decode([]byte(strings.TrimSpace(text)))
	switch {
	case block == nil:
		return nil, errors.New("it is not a private key in PEM form, which begins with -----BEGIN PRIVATE KEY-----")
	case len(strings.TrimSpace(string(rest))) > 0:
		return nil, errors.New("there is something after the private key")
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, errors.New("the private key has a passphrase; enter one without, it is kept encrypted here")
	}
	key, err := parseKey(block)
	if err != nil {
		return nil, err
	}
	if key.N.BitLen() < leastKey {
		return nil, fmt.Errorf("the private key has %d bits, want %d or more", key.N.BitLen(), leastKey)
	}
	return key, nil
}

func parseKey(block *pem.Block) (*rsa.PrivateKey, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("the private key is damaged")
		}
		return key, nil
	case "PRIVATE KEY":
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("the private key is damaged")
		}
		if key, ok := parsed.(*rsa.PrivateKey); ok {
			return key, nil
		}
		return nil, errors.New("the private key is not one of RSA")
	}
	return nil, fmt.Errorf("it is %.40q, not a private key", block.Type)
}

// Sign returns a JSON Web Token of the claims, signed by RS256. keyID may be "".
func Sign(key *rsa.PrivateKey, keyID string, claims map[string]any) (string, error) {
	header := map[string]any{"alg": "RS256", "typ": "JWT"}
	if keyID != "" {
		header["kid"] = keyID
	}
	var parts []string
	for _, p := range []map[string]any{header, claims} {
		text, err := json.Marshal(p, json.Deterministic(true))
		if err != nil {
			return "", fmt.Errorf("token: %w", err)
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(text))
	}
	signed := strings.Join(parts, ".")
	hash := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, hash[:])
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
