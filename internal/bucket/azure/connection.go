package azure

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/outbound"
)

// Connection is a connection string, as the portal of Azure shows it under "Access keys".
type Connection struct {
	Account  string
	endpoint *url.URL // of the blob service
	key      string   // base64
	sas      string   // query of a shared access signature; "" = key is used
}

// domains are those under which Azure serves storage accounts.
var domains = []string{ //nolint:gochecknoglobals // constant
	"core.windows.net", "core.chinacloudapi.cn", "core.usgovcloudapi.net",
}

// ParseConnection reads a connection string. The address must be one of Azure for the named account, or one that
// allowed, which the operator of this server decides, lets through; it is https except there.
func ParseConnection(text string, allowed func(address string) error) (Connection, error) {
	parts, err := split(text)
	if err != nil {
		return Connection{}, err
	}
	c := Connection{Account: parts["AccountName"], key: parts["AccountKey"], sas: strings.TrimPrefix(parts["SharedAccessSignature"], "?")}
	if c.endpoint, err = parts.endpoint(&c, allowed); err != nil {
		return Connection{}, err
	}
	return c, c.checkCredentials()
}

func (c Connection) checkCredentials() error {
	if err := bucket.CheckAccount(c.Account); err != nil {
		return err
	}
	if (c.key == "") == (c.sas == "") {
		return errors.New("it has neither AccountKey nor SharedAccessSignature, or both")
	}
	if _, err := base64.StdEncoding.DecodeString(c.key); err != nil {
		return errors.New("its AccountKey is not base64; copy the whole connection string")
	}
	if _, err := url.ParseQuery(c.sas); err != nil || c.sas != "" && !strings.Contains(c.sas, "sig=") {
		return errors.New("its SharedAccessSignature has no sig")
	}
	return nil
}

// pairs are the parts of a connection string.
type pairs map[string]string

// keys that are read; others of a storage account, such as QueueEndpoint, are ignored.
var (
	used = []string{ //nolint:gochecknoglobals // constant
		"AccountName", "AccountKey", "BlobEndpoint", "DefaultEndpointsProtocol", "EndpointSuffix", "SharedAccessSignature",
	}
	ignored = []string{ //nolint:gochecknoglobals // constant
		"QueueEndpoint", "TableEndpoint", "FileEndpoint", "DfsEndpoint", "WebEndpoint",
	}
)

func split(text string) (pairs, error) {
	out := pairs{}
	for part := range strings.SplitSeq(strings.TrimSpace(text), ";") {
		if part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok:
			return nil, errors.New("it is not a list of name=value with semicolons between; copy the whole connection string")
		case slices.Contains(ignored, name):
		case !slices.Contains(used, name):
			return nil, fmt.Errorf("its part %.40q is not known", name)
		case out[name] != "":
			return nil, fmt.Errorf("it has %s twice", name)
		default:
			out[name] = value
		}
	}
	return out, nil
}

// endpoint returns the address of the blob service. If only BlobEndpoint names the account, c gets it from there.
func (p pairs) endpoint(c *Connection, allowed func(string) error) (*url.URL, error) {
	if given := p["BlobEndpoint"]; given != "" {
		u, err := outbound.URL(given)
		if err != nil {
			return nil, fmt.Errorf("its BlobEndpoint: %w", err)
		}
		if account, ok := azureAccount(u); ok && (c.Account == "" || c.Account == account) {
			c.Account = account
			return u, nil
		}
		if err := allowed(given); err != nil {
			return nil, fmt.Errorf("its BlobEndpoint is not the one of the account: %w", err)
		}
		return u, nil
	}
	if protocol := p["DefaultEndpointsProtocol"]; protocol != "" && protocol != "https" {
		return nil, fmt.Errorf("its protocol is %.20q, want https", protocol)
	}
	suffix := p["EndpointSuffix"]
	if suffix == "" {
		suffix = domains[0]
	}
	if !slices.Contains(domains, suffix) {
		return nil, fmt.Errorf("its EndpointSuffix is %.80q, want one of %v", suffix, domains)
	}
	if err := bucket.CheckAccount(c.Account); err != nil {
		return nil, err
	}
	return &url.URL{Scheme: "https", Host: c.Account + ".blob." + suffix}, nil
}

// azureAccount returns the account that an address of Azure belongs to.
func azureAccount(u *url.URL) (account string, ok bool) {
	account, rest, ok := strings.Cut(u.Hostname(), ".")
	domain, blob := strings.CutPrefix(rest, "blob.")
	return account, ok && blob && slices.Contains(domains, domain) && u.Scheme == "https" && u.Port() == "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}
