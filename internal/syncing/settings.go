package syncing

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/crawling"
)

// Where an integration gets what it reads from.
const (
	SourceUploads   = "" // only from uploads
	SourceAccessKey = "access_key"
	SourceRole      = "role"
	SourceAzure     = "azure"
	SourceWarehouse = "warehouse"
)

// Fields that are credentials: they are encrypted, and no reply shows them.
const (
	FieldSecretAccessKey  = "secret_access_key"
	FieldConnectionString = "connection_string"
	FieldPassword         = "password"
	FieldPrivateKey       = "private_key"
	FieldServiceAccount   = "service_account"
)

// SecretFields lists the fields that are credentials.
func SecretFields() []string {
	return []string{FieldSecretAccessKey, FieldConnectionString, FieldPassword, FieldPrivateKey, FieldServiceAccount}
}

// Settings are what an integration is configured with, apart from credentials.
type Settings struct {
	// Kind is that of a warehouse; "" for dbt.
	Kind string `json:"kind,omitempty"`

	Region      string `json:"region,omitempty"`
	Bucket      string `json:"bucket,omitempty"`
	AccessKeyID string `json:"access_key_id,omitempty"`
	Endpoint    string `json:"endpoint,omitempty"`
	RoleARN     string `json:"role_arn,omitempty"`
	AccountName string `json:"account_name,omitempty"`
	Container   string `json:"container,omitempty"`
	SearchPath  string `json:"search_path,omitempty"`

	// ArtifactsOnly reads manifests and run results of a bucket and nothing else.
	ArtifactsOnly bool `json:"artifacts_only,omitempty"`
	// NoStaling keeps what a later manifest no longer has.
	NoStaling bool `json:"no_staling,omitempty"`

	// Of a warehouse.
	Host          string `json:"host,omitempty"`
	Port          int    `json:"port,omitempty"`
	Database      string `json:"database,omitempty"`
	User          string `json:"user,omitempty"`
	TLS           string `json:"tls,omitempty"`
	CACertificate string `json:"ca_certificate,omitempty"`
	Account       string `json:"account,omitempty"`   // of Snowflake
	Warehouse     string `json:"warehouse,omitempty"` // of Snowflake: what computes
	Role          string `json:"role,omitempty"`
	Project       string `json:"project,omitempty"` // of BigQuery
	Dataset       string `json:"dataset,omitempty"`
	// Schemas selects the schemas that are crawled.
	Schemas crawling.Choice `json:"schemas,omitzero"`
}

// Source returns where artifacts come from.
func (s Settings) Source() string {
	switch {
	case s.Kind != "":
		return SourceWarehouse
	case s.RoleARN != "":
		return SourceRole
	case s.Container != "" || s.AccountName != "":
		return SourceAzure
	case s.Bucket != "" || s.AccessKeyID != "":
		return SourceAccessKey
	}
	return SourceUploads
}

// SecretField returns the field of the credential that the source needs, or "".
func (s Settings) SecretField() string {
	switch s.Source() {
	case SourceAccessKey:
		return FieldSecretAccessKey
	case SourceAzure:
		return FieldConnectionString
	case SourceWarehouse:
		return warehouseKinds[s.Kind].secret
	}
	return ""
}

// guarded are the values to which a credential is sent or for which it is used: with another value, it has to be
// entered again, so that nobody who may change the settings can send it elsewhere.
func (s Settings) guarded() []string {
	return []string{
		s.Source(), s.Region, s.Bucket, s.AccessKeyID, s.Endpoint, s.AccountName, s.Container,
		s.Host, strconv.Itoa(s.Port), s.Database, s.User, s.TLS, s.CACertificate,
		s.Account, s.Warehouse, s.Role, s.Project, s.Dataset,
	}
}

func (s Settings) sameTarget(other Settings) bool { return slices.Equal(s.guarded(), other.guarded()) }

// ErrSecretRequired means that a credential has to be entered again, because what it is used for has changed.
var ErrSecretRequired = errors.New("enter it again: it is only kept for the address, bucket and account that it was entered with")

// check returns a FieldError for the first setting that is wrong or missing.
func (s Settings) check() error {
	for _, c := range s.checks() {
		if err := c.check(c.value); err != nil {
			return catalog.BadField(c.field, err)
		}
	}
	if _, err := bucket.CleanPath(s.SearchPath); err != nil {
		return catalog.BadField("search_path", err)
	}
	if err := s.Schemas.Check(); err != nil {
		return catalog.BadField("schemas", err)
	}
	return nil
}

type fieldCheck struct {
	field, value string
	check        func(string) error
}

func (s Settings) checks() []fieldCheck {
	if s.Source() == SourceWarehouse {
		return s.warehouseChecks()
	}
	checks := s.bucketChecks()
	for _, name := range warehouseFieldNames {
		checks = append(checks, fieldCheck{name, *s.fields()[name], absent(KindDBTCore)})
	}
	return checks
}

// warehouseFieldNames are the settings of warehouses.
var warehouseFieldNames = []string{ //nolint:gochecknoglobals // constant
	"host", "database", "user", "tls", "ca_certificate", "account", "warehouse", "role", "project", "dataset",
}

func (s Settings) bucketChecks() []fieldCheck {
	switch s.Source() {
	case SourceRole:
		return []fieldCheck{
			{"role_arn", s.RoleARN, bucket.CheckRole},
			{"region", s.Region, bucket.CheckRegion},
			{"bucket", s.Bucket, bucket.CheckName},
			{"access_key_id", s.AccessKeyID, absent("a role")},
			{"container", s.Container, absent("a role")},
		}
	case SourceAzure:
		return []fieldCheck{
			{"container", s.Container, bucket.CheckContainer},
			{"account_name", s.AccountName, optional(bucket.CheckAccount)},
			{"bucket", s.Bucket, absent("a container")},
			{"access_key_id", s.AccessKeyID, absent("a container")},
		}
	case SourceAccessKey:
		return []fieldCheck{
			{"region", s.Region, bucket.CheckRegion},
			{"bucket", s.Bucket, bucket.CheckName},
			{"access_key_id", s.AccessKeyID, checkAccessKeyID},
		}
	}
	return nil
}

func optional(check func(string) error) func(string) error {
	return func(text string) error {
		if text == "" {
			return nil
		}
		return check(text)
	}
}

func absent(with string) func(string) error {
	return func(text string) error {
		if text == "" {
			return nil
		}
		return fmt.Errorf("it cannot be set with %s", with)
	}
}

func checkAccessKeyID(text string) error {
	if len(text) < 4 || len(text) > 128 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || r == '/' }) {
		return fmt.Errorf("%.40q is not an access key id", text)
	}
	return nil
}

// Encode returns the settings as they are stored.
func (s Settings) Encode() ([]byte, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return text, nil
}

// ReadSettings reads stored settings.
func ReadSettings(text []byte) (s Settings, err error) {
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("settings: %w", err)
	}
	return s, nil
}

// Set sets a setting by its name, and reports whether there is one of that name that takes the value.
func (s *Settings) Set(name, value string) bool {
	value = strings.TrimSpace(value)
	if name == "port" {
		port, err := strconv.ParseUint(value, 10, 16)
		s.Port = int(port)
		return err == nil || value == ""
	}
	to, ok := s.fields()[name]
	if ok {
		*to = value
	}
	return ok
}

// fields are the settings that are texts, by their names.
func (s *Settings) fields() map[string]*string {
	return map[string]*string{
		"region": &s.Region, "bucket": &s.Bucket, "access_key_id": &s.AccessKeyID, "endpoint": &s.Endpoint, "role_arn": &s.RoleARN,
		"account_name": &s.AccountName, "container": &s.Container, "search_path": &s.SearchPath,
		"host": &s.Host, "database": &s.Database, "user": &s.User, "tls": &s.TLS, "ca_certificate": &s.CACertificate,
		"account": &s.Account, "warehouse": &s.Warehouse, "role": &s.Role, "project": &s.Project, "dataset": &s.Dataset,
	}
}
