package httpapi

import (
	"errors"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/syncing"
)

// fieldProblem returns the problem of a value that a field cannot have.
func fieldProblem(err error) error {
	var field *catalog.FieldError
	switch {
	case errors.As(err, &field) && errors.Is(err, outbound.ErrNotAllowed):
		return httpserver.NewProblem(httpserver.CodeEndpointNotAllowed,
			"%s: %s. Public addresses with https are allowed, and what the operator allows with --outbound-allow.", field.Field, field.Err).About(field.Field, field.Err.Error())
	case errors.As(err, &field) && errors.Is(err, syncing.ErrSecretRequired):
		return httpserver.NewProblem(httpserver.CodeSecretRequired, "%s: %s.", field.Field, field.Err).About(field.Field, field.Err.Error())
	case errors.As(err, &field) && errors.Is(err, syncing.ErrCredentialType):
		return httpserver.NewProblem(httpserver.CodeCredentialType, "%s: %s.", field.Field, field.Err).About(field.Field, field.Err.Error())
	case errors.As(err, &field):
		return invalidField(field.Field, field.Err.Error())
	}
	return err
}
