package s3

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"github.com/thalweg-data/thalweg/internal/bucket"
)

// Role is a role of another AWS account that may read a bucket.
type Role struct {
	ARN string
	// ExternalID is sent with each request for the role. It is made by this server for one integration, so that nobody
	// else's integration can use the role by naming it.
	ExternalID string
	// Bucket, in Region, and Prefix limit what a session of the role may read, whatever else the role allows.
	Region, Bucket, Prefix string
}

const (
	sessionTime = time.Hour // the longest that roles allow by default
	sessionName = "thalweg"
	// renew is how long before its end a session is replaced.
	renew = 5 * time.Minute
)

// Operator is the AWS identity of this server, which assumes the roles.
type Operator struct{ client *sts.Client }

// OperatorOptions say where the server's own identity comes from; all may be zero.
type OperatorOptions struct {
	Credentials aws.CredentialsProvider // nil = environment, files, or the machine's role, as all AWS tools find them
	Region      string                  // of the token service; "" = as all AWS tools find it, else us-east-1
	Endpoint    string                  // of the token service; "" = Amazon's
}

// defaultRegion has the token service that each account may use.
const defaultRegion = "us-east-1"

// NewOperator returns the server's identity. It makes no request.
func NewOperator(ctx context.Context, o OperatorOptions) (*Operator, error) {
	load := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})}
	if o.Credentials != nil {
		load = append(load, config.WithCredentialsProvider(o.Credentials))
	}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	c, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("AWS identity of this server: %w", err)
	}
	if c.Region == "" {
		c.Region = defaultRegion
	}
	return &Operator{sts.NewFromConfig(c, func(s *sts.Options) {
		if o.Endpoint != "" {
			s.BaseEndpoint = &o.Endpoint
		}
	})}, nil
}

// Account returns the number of the server's AWS account, which the trust policy of a role names, and the ARN of its
// identity. An Error with the reason NoCredentials if the server has none.
func (o *Operator) Account(ctx context.Context) (account, arn string, err error) {
	out, err := o.client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", "", noCredentials(err)
	}
	return aws.ToString(out.Account), aws.ToString(out.Arn), nil
}

func noCredentials(err error) error {
	code, status, _ := parts(err)
	return &bucket.Error{Reason: bucket.NoCredentials, Message: "this server has no AWS identity that can assume roles; its operator sets one, " +
		"for instance by the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or by the role of its machine", Err: short(code, status)}
}

// Credentials returns the credentials of sessions of the role, renewed as they end.
func (o *Operator) Credentials(r Role) (aws.CredentialsProvider, error) {
	policy, err := sessionPolicy(r)
	if err != nil {
		return nil, err
	}
	assume := stscreds.NewAssumeRoleProvider(o.client, r.ARN, func(a *stscreds.AssumeRoleOptions) {
		a.ExternalID, a.RoleSessionName, a.Duration, a.Policy = &r.ExternalID, sessionName, sessionTime, &policy
	})
	return aws.NewCredentialsCache(explained(assume, r), func(c *aws.CredentialsCacheOptions) { c.ExpiryWindow = renew }), nil
}

// explained adds the remedy to the error of a role that cannot be assumed.
func explained(from aws.CredentialsProvider, r Role) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		c, err := from.Retrieve(ctx)
		if err != nil {
			return c, roleError(r, err)
		}
		return c, nil
	})
}

// roleError explains why a role could not be assumed.
func roleError(r Role, err error) error {
	code, status, _ := parts(err)
	if code == "AccessDenied" {
		return &bucket.Error{Reason: bucket.RoleDenied, Message: fmt.Sprintf("the role %s does not let this server assume it: check that its "+
			"trust policy names this server's account and the External ID that is shown here", r.ARN), Err: short(code, status)}
	}
	if code == "" && status == 0 {
		return noCredentials(err)
	}
	b := &Bucket{options: Options{Name: r.Bucket, Region: "the token service"}}
	return b.explain(err, "sts:AssumeRole")
}

// CheckExternalID returns an Error with the reason ExternalIDNotEnforced if the role can be assumed without its
// External ID: then anybody whom this server serves could use it by naming it.
func (o *Operator) CheckExternalID(ctx context.Context, r Role) error {
	policy, err := sessionPolicy(r)
	if err != nil {
		return err
	}
	name := sessionName + "-check"
	_, err = o.client.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &r.ARN, RoleSessionName: &name, Policy: &policy})
	var refused smithy.APIError
	switch {
	case err == nil:
		return &bucket.Error{Reason: bucket.ExternalIDNotEnforced, Message: fmt.Sprintf("the role %s can be assumed without the External ID; "+
			"add the condition of the trust policy that is shown here", r.ARN)}
	case errors.As(err, &refused) && refused.ErrorCode() == "AccessDenied":
		return nil
	}
	return roleError(r, err)
}
