package snowflake

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

const (
	// tokenTime is how long a token is good for: Snowflake takes up to an hour.
	tokenTime = 15 * time.Minute
	// tokenRest is what is left of it when it is renewed: as long as a statement may take, and then some.
	tokenRest = 8 * time.Minute
)

// bearer returns a token of the user that is good for some minutes.
func (a *Account) bearer() (string, error) {
	now := a.options.Now()
	if a.token != "" && now.Before(a.renewal) {
		return a.token, nil
	}
	public, err := x509.MarshalPKIXPublicKey(&a.key.PublicKey)
	if err != nil {
		return "", fmt.Errorf("public key: %w", err)
	}
	print := sha256.Sum256(public)
	subject := accountName(a.options.Account) + "." + fold(a.options.User)
	a.token, err = warehouse.Sign(a.key, "", map[string]any{
		"iss": subject + ".SHA256:" + base64.StdEncoding.EncodeToString(print[:]), "sub": subject,
		"iat": now.Unix(), "exp": now.Add(tokenTime).Unix(),
	})
	a.renewal = now.Add(tokenTime - tokenRest)
	return a.token, err
}

// accountName is the account as tokens name it: in capitals, without the region.
func accountName(account string) string {
	name, _, _ := strings.Cut(account, ".")
	return strings.ToUpper(name)
}

// fold returns a name as Snowflake stores it: what is in double quotes as it is, else in capitals.
func fold(name string) string {
	if len(name) >= 2 && strings.HasPrefix(name, `"`) && strings.HasSuffix(name, `"`) {
		return strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
	}
	return strings.ToUpper(name)
}

// quote returns a name that is stored so as SQL takes it.
func quote(stored string) string { return `"` + strings.ReplaceAll(stored, `"`, `""`) + `"` }
