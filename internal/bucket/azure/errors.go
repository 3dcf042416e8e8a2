package azure

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/outbound"
)

// explain returns an error with the remedy for a refused request, which tried to list or read.
func (c *Container) explain(err error, action string) error {
	var reply *azcore.ResponseError
	if !errors.As(err, &reply) {
		return c.noReply(err)
	}
	e := func(r bucket.Reason, format string, args ...any) error {
		return &bucket.Error{Reason: r, Message: fmt.Sprintf(format, args...), Err: fmt.Errorf("status %d %.60q", reply.StatusCode, reply.ErrorCode)}
	}
	switch reply.ErrorCode {
	case "AuthenticationFailed", "NoAuthenticationInformation", "InvalidAuthenticationInfo":
		return e(bucket.WrongSecret, "the storage account refused the key or signature of the connection string: it is wrong or has expired, or the "+
			"clock of this server is more than 15 minutes off; copy the connection string once more")
	case "AuthorizationFailure", "AuthorizationPermissionMismatch", "AuthorizationServiceMismatch", "AuthorizationResourceTypeMismatch",
		"InsufficientAccountPermissions", "AccountIsDisabled", "KeyBasedAuthenticationNotPermitted", "AuthorizationProtocolMismatch",
		"AuthorizationSourceIPMismatch":
		return e(bucket.Denied, "the connection string, or the network rules of the storage account, do not permit this server to %s the container %q (%s)", action, c.name, reply.ErrorCode)
	case "ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled":
		return e(bucket.NoBucket, "there is no container %q at %s", c.name, c.where)
	case "ConditionNotMet", "BlobNotFound":
		return e(bucket.Replaced, "a blob was replaced or deleted after it was listed")
	}
	return c.byStatus(e, reply.StatusCode, action)
}

func (c *Container) byStatus(e func(bucket.Reason, string, ...any) error, status int, action string) error {
	switch {
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return e(bucket.Unavailable, "%s is busy or has a fault", c.where)
	case status == http.StatusForbidden, status == http.StatusUnauthorized:
		return e(bucket.Denied, "the connection string does not permit to %s the container %q", action, c.name)
	case status == http.StatusPreconditionFailed:
		return e(bucket.Replaced, "a blob was replaced after it was listed")
	case status == http.StatusNotFound:
		return e(bucket.NoBucket, "there is no container %q at %s", c.name, c.where)
	}
	return e(bucket.Unexpected, "%s does not answer as Azure Blob Storage does", c.where)
}

func (c *Container) noReply(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("container %q: %w", c.name, err)
	case errors.Is(err, outbound.ErrNotAllowed):
		return &bucket.Error{Reason: bucket.EndpointNotAllowed, Message: "the address of the storage account is not public, and the operator of this " +
			"server did not allow it (--outbound-allow)", Err: outbound.ErrNotAllowed}
	}
	// The text of the error may hold the query of a shared access signature.
	return &bucket.Error{Reason: bucket.Unavailable, Message: c.where + " does not answer; check the name of the account"}
}
