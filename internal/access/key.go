package access

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"net/url"
	"regexp"
	"strings"
)

// Shape of a key.
const (
	keyPrefix      = "twg"
	publicIDLength = 8
	secretLength   = 32
	sumLength      = 6
	keyLength      = len(keyPrefix) + 1 + publicIDLength + 1 + secretLength + sumLength
	base62         = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// token is a key as clients send it: text is the whole, publicID the part by
// which its row is found.
type token struct {
	text     string
	publicID string
}

// newToken draws a key from random: 48 bits of id, 190 bits of secret.
func newToken(random io.Reader) (token, error) {
	id, err := draw(random, publicIDLength)
	if err != nil {
		return token{}, err
	}
	secret, err := draw(random, secretLength)
	if err != nil {
		return token{}, err
	}
	body := keyPrefix + "_" + id + "_" + secret
	return token{text: body + checksum(body), publicID: id}, nil
}

// parseToken reads a key; false if its shape or checksum is wrong.
func parseToken(text string) (token, bool) {
	if len(text) != keyLength || !strings.HasPrefix(text, keyPrefix+"_") {
		return token{}, false
	}
	id := text[len(keyPrefix)+1:][:publicIDLength]
	rest := text[len(keyPrefix)+1+publicIDLength:]
	if rest[0] != '_' || !isBase62(id) || !isBase62(rest[1:]) {
		return token{}, false
	}
	body := text[:keyLength-sumLength]
	if checksum(body) != text[keyLength-sumLength:] {
		return token{}, false
	}
	return token{text: text, publicID: id}, true
}

// hash is what is stored of a key. 190 random bits need no slow hash.
func (t token) hash() [sha256.Size]byte { return sha256.Sum256([]byte(t.text)) }

// checksum is the CRC32 (IEEE) of the text in base 62, six digits.
func checksum(text string) string {
	n := crc32.ChecksumIEEE([]byte(text))
	var digits [sumLength]byte
	for i := sumLength - 1; i >= 0; i-- {
		digits[i] = base62[n%62]
		n /= 62
	}
	return string(digits[:])
}

func draw(random io.Reader, length int) (string, error) {
	out := make([]byte, length)
	for i := range out {
		n, err := rand.Int(random, big.NewInt(int64(len(base62))))
		if err != nil {
			return "", fmt.Errorf("random bytes for a key: %w", err)
		}
		out[i] = base62[n.Int64()]
	}
	return string(out), nil
}

func isBase62(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// keyIn matches what may be a key, valid or not, or a good part of one. Names of models may begin in the same way.
var keyIn = regexp.MustCompile(fmt.Sprintf(`(?i)%s_[0-9a-z]{%d}_[0-9a-z]{%d,}`, keyPrefix, publicIDLength, secretLength/2))

// LooksLikeKey reports whether a text contains what may be a key, valid or not, percent-encoded or not: keys do not
// belong in URLs.
func LooksLikeKey(text string) bool {
	for range mostEncodings {
		if keyIn.MatchString(text) {
			return true
		}
		plain, err := url.PathUnescape(text)
		if err != nil || plain == text {
			return false
		}
		text = plain
	}
	return false
}

// mostEncodings is how often a text may be percent-encoded to be recognized.
const mostEncodings = 4

// Redact returns a text without what may be a key, for logs.
func Redact(text string) string {
	if !LooksLikeKey(text) {
		return text
	}
	if redacted := keyIn.ReplaceAllLiteralString(text, keyPrefix+"_(redacted)"); !LooksLikeKey(redacted) {
		return redacted
	}
	return "(redacted: it contains a key)"
}
