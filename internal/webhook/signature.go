package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Fields of a webhook's secrets.
const (
	FieldSecret = "secret"
	// FieldPrevious is the secret before the present one, by which deliveries are signed too, for PreviousTime: a
	// receiver can change from one to the other meanwhile.
	FieldPrevious = "previous_secret"
)

// PreviousTime is how long the secret before the present one signs deliveries, too.
const PreviousTime = 24 * time.Hour

const (
	secretPrefix = "whsec_"
	secretSize   = 32 // bytes of one that is made here
	leastSecret  = 24 // bytes, as Standard Webhooks asks
	mostSecret   = 64
)

// NewSecret makes a secret in the form of Standard Webhooks.
func NewSecret(random io.Reader) (string, error) {
	b := make([]byte, secretSize)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("secret of a webhook: %w", err)
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(b), nil
}

// ErrSecret means that a secret is not of the form whsec_ and 24 to 64 bytes in base64.
var ErrSecret = errors.New("want whsec_ and 24 to 64 bytes in base64")

// CheckSecret returns ErrSecret for a secret that cannot sign.
func CheckSecret(secret string) error {
	_, err := keyOf(secret)
	return err
}

func keyOf(secret string) ([]byte, error) {
	text, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < leastSecret || len(key) > mostSecret {
		return nil, ErrSecret
	}
	return key, nil
}

// sign returns the header webhook-signature of a message: one signature per secret, as Standard Webhooks has it.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, 0, len(secrets))
	for _, s := range secrets {
		key, err := keyOf(s)
		if err != nil {
			return "", err
		}
		mac := hmac.New(sha256.New, key)
		for _, part := range [][]byte{[]byte(id), []byte("."), []byte(timestamp(at)), []byte("."), body} {
			mac.Write(part) // it never fails
		}
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(signatures, " "), nil
}

func timestamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
