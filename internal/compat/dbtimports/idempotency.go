package dbtimports

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// idempotency returns the request's Idempotency-Key, "" without one.
func idempotency(h http.Header) (string, error) {
	values := h.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	visible := func(r rune) bool { return r >= ' ' && r <= '~' }
	if len(values) > 1 || key == "" || len(key) > 255 || slices.ContainsFunc([]rune(key), func(r rune) bool { return !visible(r) }) {
		return "", httpserver.NewProblem(httpserver.CodeInvalidIdempotency, "Send one Idempotency-Key of 1 to 255 visible ASCII characters.")
	}
	return key, nil
}

// identify sets the idempotency key of an import, which is scoped to API key and route, and a fingerprint of the
// whole request.
func identify(n *store.NewImport, p access.Principal, key string) {
	if key == "" {
		return
	}
	n.IdempotencyKey = key
	n.IdempotencyOwner = catalog.FormatID(catalog.PrefixKey, p.KeyID) + " " + createRoute
	sum := sha256.New()
	write := func(parts ...string) {
		for _, s := range parts {
			_, _ = io.WriteString(sum, strconv.Quote(s)) // hashes never fail
		}
	}
	write(n.SchemaID.String(), fmt.Sprint(n.Force))
	for _, part := range n.Parts {
		write(part.Name, strconv.Itoa(part.Number), part.SHA256)
	}
	n.Fingerprint = catalog.Hash(sum.Sum(nil)[:16])
}
