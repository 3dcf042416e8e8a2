package warehouse

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// ErrCredentialType means that a credential is not of the type that is taken.
var ErrCredentialType = errors.New("this type of credential is not allowed")

// ServiceAccount is the key of a service account of Google Cloud.
type ServiceAccount struct {
	Email, KeyID, Project string
	Key                   *rsa.PrivateKey
}

// serviceAccountFields are what the file of a key has, each with the values that it may have; none means any. The
// addresses are never asked: a file with others was made for something else, or by somebody else.
var serviceAccountFields = map[string][]string{ //nolint:gochecknoglobals // constant
	"type":                        {"service_account"},
	"project_id":                  nil,
	"private_key_id":              nil,
	"private_key":                 nil,
	"client_email":                nil,
	"client_id":                   nil,
	"auth_uri":                    {"https://accounts.google.com/o/oauth2/auth"},
	"token_uri":                   {"https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token"},
	"auth_provider_x509_cert_url": {"https://www.googleapis.com/oauth2/v1/certs"},
	"client_x509_cert_url":        nil,
	"universe_domain":             {"googleapis.com"},
}

const certificateURL = "https://www.googleapis.com/robot/v1/metadata/x509/"

// ReadServiceAccount reads the JSON file of a service account's key, and nothing else that Google calls credentials:
// those of other types name addresses and programs that are asked for tokens. No error shows the key.
func ReadServiceAccount(text string) (ServiceAccount, error) {
	var fields map[string]string
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		var kind struct {
			Type string `json:"type"`
		}
		if json.Unmarshal([]byte(text), &kind) == nil && kind.Type != "" && kind.Type != "service_account" {
			return ServiceAccount{}, wrongType(kind.Type)
		}
		return ServiceAccount{}, errors.New("it is not the JSON file of a service account's key")
	}
	if fields["type"] != "service_account" {
		return ServiceAccount{}, wrongType(fields["type"])
	}
	for name, value := range fields {
		allowed, known := serviceAccountFields[name]
		if !known || len(allowed) > 0 && !slices.Contains(allowed, value) || name == "client_x509_cert_url" && !strings.HasPrefix(value, certificateURL) {
			return ServiceAccount{}, fmt.Errorf("its %.60q is not what Google puts into the key of a service account: %w", name, ErrCredentialType)
		}
	}
	a := ServiceAccount{Email: fields["client_email"], KeyID: fields["private_key_id"], Project: fields["project_id"]}
	if !strings.HasSuffix(a.Email, ".gserviceaccount.com") || len(a.Email) > 200 || checkName(a.Email) != nil {
		return a, errors.New("its client_email is not a service account")
	}
	if len(a.KeyID) > 100 || strings.Trim(a.KeyID, "0123456789abcdefABCDEF") != "" {
		return a, errors.New("its private_key_id is not one")
	}
	var err error
	if a.Key, err = ReadKey(fields["private_key"]); err != nil {
		return a, fmt.Errorf("its private_key: %w", err)
	}
	return a, nil
}

func wrongType(name string) error {
	return fmt.Errorf("its type is %.40q, want the key of a service account: %w", name, ErrCredentialType)
}

// ServiceAccountName is the address of the service account of a key, for people.
func ServiceAccountName(text string) string {
	a, err := ReadServiceAccount(text)
	if err != nil {
		return ""
	}
	return a.Email
}
