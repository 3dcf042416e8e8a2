package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/outbound"
)

// explain returns an error with the remedy for a refused request. action is the permission that it needs.
func (b *Bucket) explain(err error, action string) error {
	var explained *bucket.Error // of the credentials
	if err == nil || errors.As(err, &explained) {
		if explained != nil {
			return explained
		}
		return nil
	}
	code, status, region := parts(err)
	e := func(r bucket.Reason, format string, args ...any) error {
		return &bucket.Error{Reason: r, Message: fmt.Sprintf(format, args...), Err: short(code, status)}
	}
	switch code {
	case "InvalidAccessKeyId", "UnrecognizedClientException", "InvalidClientTokenId",
		"XAdminUserNotFound": // of versitygw
		return e(bucket.WrongKey, "the store does not know the access key id; copy it once more, and check that it was not deleted")
	case "SignatureDoesNotMatch":
		return e(bucket.WrongSecret, "the secret access key does not belong to the access key id; enter both once more")
	case "NoSuchBucket":
		return e(bucket.NoBucket, "there is no bucket %q at %s", b.options.Name, b.where())
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "TemporaryRedirect":
		if region != "" {
			return e(bucket.WrongRegion, "the bucket %q is in the region %s, not in %s", b.options.Name, region, b.options.Region)
		}
		return e(bucket.WrongRegion, "the bucket %q is not in the region %s; the console of the store shows its region",
			b.options.Name, b.options.Region)
	case "RequestTimeTooSkewed":
		return e(bucket.ClockSkew, "the clock of this server is more than 15 minutes off; correct it, for instance by NTP")
	case "ExpiredToken", "InvalidToken", "ExpiredTokenException", "TokenRefreshRequired":
		return e(bucket.Expired, "the credentials have expired")
	case "AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden":
		return e(bucket.Denied, "the credentials lack the permission %s on the bucket %q", action, b.options.Name)
	case "PreconditionFailed", "NoSuchKey":
		return e(bucket.Replaced, "an object was replaced or deleted after it was listed")
	case "SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Throttling", "ThrottlingException":
		return e(bucket.Unavailable, "the store is busy or has a fault")
	}
	return b.byStatus(err, e, status, action)
}

// byStatus explains replies without a code that is known.
func (b *Bucket) byStatus(err error, e func(bucket.Reason, string, ...any) error, status int, action string) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, outbound.ErrNotAllowed):
		return &bucket.Error{Reason: bucket.EndpointNotAllowed, Message: "the store's address is not public, and the operator of this server " +
			"did not allow it (--outbound-allow)", Err: outbound.ErrNotAllowed}
	case status == http.StatusForbidden, status == http.StatusUnauthorized:
		return e(bucket.Denied, "the credentials lack the permission %s on the bucket %q", action, b.options.Name)
	case status == http.StatusPreconditionFailed:
		return e(bucket.Replaced, "an object was replaced after it was listed")
	case status == http.StatusMovedPermanently, status == http.StatusTemporaryRedirect, status == http.StatusFound:
		return e(bucket.WrongRegion, "%s answers with a redirect, which is not followed; check region and endpoint", b.where())
	case status == http.StatusNotFound:
		return e(bucket.NoBucket, "%s has no bucket %q", b.where(), b.options.Name)
	case status == 0, status >= http.StatusInternalServerError, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return e(bucket.Unavailable, "%s does not answer, or has a fault", b.where())
	}
	return e(bucket.Unexpected, "%s does not answer as S3 does; check the endpoint", b.where())
}

func (b *Bucket) where() string {
	if b.options.Endpoint != "" {
		return b.options.Endpoint
	}
	return "Amazon S3 in " + b.options.Region
}

// parts returns what an error of the client library says: a code, the status of the reply or 0, the bucket's region if
// the store names it.
func parts(err error) (code string, status int, region string) {
	var api smithy.APIError
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	var reply *awshttp.ResponseError
	if errors.As(err, &reply) && reply.Response != nil {
		status, region = reply.HTTPStatusCode(), reply.Response.Header.Get("X-Amz-Bucket-Region")
	}
	return code, status, region
}

// short is the cause that is kept: texts of the store may repeat what was sent to it.
func short(code string, status int) error {
	if status == 0 && code == "" {
		return nil
	}
	return fmt.Errorf("status %d %.60q", status, code)
}
