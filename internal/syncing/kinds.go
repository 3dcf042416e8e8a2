package syncing

import (
	"errors"
	"fmt"
	"maps"
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
	// KindRedshift crawls a database of Redshift.
	KindRedshift = "redshift"
	// KindSnowflake crawls databases of an account of Snowflake.
	KindSnowflake = "snowflake"
	// KindBigQuery crawls datasets of a project of BigQuery.
	KindBigQuery = "bigquery"
)

// https is the port of warehouses that are read over HTTPS.
const https = 443

// warehouseKinds are the kinds that crawl a warehouse, with its usual port and the field of its credential.
var warehouseKinds = map[string]struct { //nolint:gochecknoglobals // constant
	port   int
	secret string
}{
	KindPostgres:  {5432, FieldPassword},
	KindRedshift:  {5439, FieldPassword},
	KindSnowflake: {https, FieldPrivateKey},
	KindBigQuery:  {https, FieldServiceAccount},
}

// setKind notes the kind of an integration in its settings.
func (s *Settings) setKind(kind string) error {
	if k, ok := warehouseKinds[kind]; ok {
		s.Kind = kind
		if s.Port == 0 {
			s.Port = k.port
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

// warehouseFields are the checks of the fields that a kind of warehouse has.
func (s Settings) warehouseFields() []fieldCheck {
	certificate := fieldCheck{"ca_certificate", s.CACertificate, optional(warehouse.CheckCertificate)}
	switch s.Kind {
	case KindSnowflake:
		return []fieldCheck{
			{"account", s.Account, warehouse.CheckAccount},
			{"user", s.User, warehouse.CheckUser},
			{"warehouse", s.Warehouse, optional(warehouse.CheckUser)},
			{"role", s.Role, optional(warehouse.CheckUser)},
			{"database", s.Database, optional(warehouse.CheckDatabase)},
			{"host", s.Host, optional(warehouse.CheckHost)},
			certificate,
		}
	case KindBigQuery:
		return []fieldCheck{
			{"project", s.Project, warehouse.CheckProject},
			{"dataset", s.Dataset, optional(warehouse.CheckDataset)},
			{"host", s.Host, optional(warehouse.CheckHost)},
			certificate,
		}
	}
	return []fieldCheck{
		{"host", s.Host, warehouse.CheckHost},
		{"database", s.Database, warehouse.CheckDatabase},
		{"user", s.User, warehouse.CheckUser},
		{"tls", s.TLS, oneOf("", TLSAuto, TLSVerify)},
		certificate,
	}
}

// warehouseChecks are those of the settings of a warehouse: what its kind does not have is not set.
func (s Settings) warehouseChecks() []fieldCheck {
	checks := s.warehouseFields()
	for _, name := range slices.Sorted(maps.Keys(s.fields())) {
		if !slices.ContainsFunc(checks, func(c fieldCheck) bool { return c.field == name }) {
			checks = append(checks, fieldCheck{name, *s.fields()[name], absent(s.Kind)})
		}
	}
	return checks
}

// ErrCredentialType means that a credential is not of the type that is taken.
var ErrCredentialType = warehouse.ErrCredentialType

func oneOf(values ...string) func(string) error {
	return func(text string) error {
		if slices.Contains(values, text) {
			return nil
		}
		return errors.New("want " + strings.Join(values[1:], " or "))
	}
}
