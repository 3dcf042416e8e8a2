package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Validate checks what depends on several settings. All errors are joined.
func (c Config) Validate() error {
	var roleErr error
	if c.Role != RoleAll && c.DatabaseURL == "" {
		roleErr = fmt.Errorf("role %s needs database_url: several processes cannot share a SQLite folder", c.Role)
	}
	var dataErr error
	if c.Data == "" {
		dataErr = errors.New("data is empty: want a folder")
	}
	var metricsErr error
	if c.MetricsListen != "" {
		metricsErr = validListen("metrics_listen", c.MetricsListen)
	}
	var readErr error
	if c.DatabaseReadURL != "" && c.DatabaseURL == "" {
		readErr = errors.New("database_read_url needs database_url: it is a standby of that")
	}
	_, blobErr := ParseBlobAddress(c.BlobURL)
	return errors.Join(validListen("listen", c.Listen), validPublicURL(c.PublicURL), c.validOIDC(), metricsErr, dataErr, validDatabase("database_url", c.DatabaseURL), validDatabase("database_read_url", c.DatabaseReadURL), readErr, blobErr, roleErr, c.Limits.validate())
}

func validListen(setting, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s %q: want host:port, such as 127.0.0.1:8080", setting, address)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%s %q: port %q is not a number from 0 to 65535", setting, address, port)
	} else if host == "" && n == 0 {
		return fmt.Errorf("%s %q: want a host or a port", setting, address)
	}
	return nil
}

func (c Config) validOIDC() error {
	if c.OIDCIssuer == "" {
		return nil
	}
	u, err := url.Parse(c.OIDCIssuer)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return errors.New("oidc_issuer: want the address of a provider, such as https://login.example.com")
	}
	if c.PublicURL == "" || c.OIDCClientID == "" {
		return errors.New("oidc_issuer needs oidc_client_id and public_url, to which the provider sends people")
	}
	return nil
}

func validPublicURL(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("public_url: want the address without a path, such as https://catalog.example.com")
	}
	return nil
}

func validDatabase(setting, address string) error {
	if address == "" {
		return nil
	}
	// The parser's own message would repeat the address, password included.
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return fmt.Errorf("%s: want postgres://user:password@host:port/database", setting)
	}
	return nil
}

func (l Limits) validate() error {
	var errs []error
	within := func(inner string, a Size, outer string, b Size) {
		if a > b {
			errs = append(errs, fmt.Errorf("limits.%s (%v) is more than limits.%s (%v)", inner, a, outer, b))
		}
	}
	within("name", l.Name, "text", l.Text)
	within("text", l.Text, "value", l.Value)
	within("value", l.Value, "manifest", l.Manifest)
	return errors.Join(errs...)
}
