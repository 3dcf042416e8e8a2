package syncing

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// The kinds of integrations.
const (
	// KindDBTCore takes artifacts of dbt: from a bucket, by upload or by the API.
	KindDBTCore = "dbt_core"
	// KindPostgres crawls a database of PostgreSQL.
	KindPostgres = "postgres"
)

// warehousePorts are the usual ports of the kinds that crawl a warehouse.
var warehousePorts = map[string]int{KindPostgres: 5432} //nolint:gochecknoglobals // constant

// setKind notes the kind of an integration in its settings.
func (s *Settings) setKind(kind string) error {
	if _, ok := warehousePorts[kind]; ok {
		s.Kind = kind
		if s.Port == 0 {
			s.Port = warehousePorts[kind]
		}
		return nil
	}
	if kind != KindDBTCore {
		return catalog.BadField("kind", fmt.Errorf("%.40q is not a kind of integration", kind))
	}
	s.Kind = ""
	return nil
}

// How a connection to a warehouse is encrypted.
const (
	TLSAuto   = "auto"   // "" means the same
	TLSVerify = "verify" // by a certificate that is trusted, wherever the server is
)

// warehouseChecks are those of the settings of a warehouse.
func (s Settings) warehouseChecks() []fieldCheck {
	checks := []fieldCheck{
		{"host", s.Host, warehouse.CheckHost},
		{"database", s.Database, warehouse.CheckDatabase},
		{"user", s.User, warehouse.CheckUser},
		{"tls", s.TLS, oneOf("", TLSAuto, TLSVerify)},
		{"ca_certificate", s.CACertificate, optional(warehouse.CheckCertificate)},
	}
	for name, value := range map[string]string{
		"region": s.Region, "bucket": s.Bucket, "access_key_id": s.AccessKeyID, "endpoint": s.Endpoint, "role_arn": s.RoleARN,
		"account_name": s.AccountName, "container": s.Container, "search_path": s.SearchPath,
	} {
		checks = append(checks, fieldCheck{name, value, absent("a warehouse")})
	}
	slices.SortStableFunc(checks[5:], func(a, b fieldCheck) int { return strings.Compare(a.field, b.field) })
	return checks
}

func oneOf(values ...string) func(string) error {
	return func(text string) error {
		if slices.Contains(values, text) {
			return nil
		}
		return errors.New("want " + strings.Join(values[1:], " or "))
	}
}
