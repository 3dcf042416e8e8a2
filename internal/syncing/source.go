package syncing

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Buckets opens buckets; app has the implementations.
type Buckets interface {
	// S3 opens a bucket with an access key.
	S3(o S3) bucket.Bucket
	// Role opens a bucket with sessions of a role that cannot be assumed without its External ID; it checks that.
	Role(ctx context.Context, o S3, roleARN, externalID, prefix string) (bucket.Bucket, error)
	// Azure opens a container.
	Azure(connection, container string, client *http.Client) (bucket.Bucket, error)
	// CheckConnection returns an error if a connection string is not one of Azure for the account; account may be "".
	CheckConnection(ctx context.Context, connection, account string) error
	// Policies returns the account of this server's AWS identity and the policies of a role that it may assume.
	Policies(ctx context.Context, region, bucket, prefix, externalID string) (account, trust, permission string, err error)
}

// RoleHelp is what a person needs to make a role for an integration.
type RoleHelp struct {
	Account           string // of AWS; "" if this server has none
	Trust, Permission string // JSON; "" without an account
	Problem           string // why there is none
}

// Role returns what a person needs to make a role with an External ID.
func (r *Registry) Role(ctx context.Context, externalID string, s Settings) (RoleHelp, error) {
	prefix, err := bucket.CleanPath(s.SearchPath)
	if err != nil {
		return RoleHelp{}, catalog.BadField("search_path", err)
	}
	for _, c := range []fieldCheck{{"region", s.Region, optional(bucket.CheckRegion)}, {"bucket", s.Bucket, optional(bucket.CheckName)}} {
		if err := c.check(c.value); err != nil {
			return RoleHelp{}, catalog.BadField(c.field, err)
		}
	}
	var h RoleHelp
	h.Account, h.Trust, h.Permission, err = r.Buckets.Policies(ctx, s.Region, cmp.Or(s.Bucket, "YOUR-BUCKET"), prefix, externalID)
	var refused *bucket.Error
	if errors.As(err, &refused) {
		return RoleHelp{Problem: refused.Message}, nil
	}
	return h, err
}

// S3 names a bucket of a store that speaks S3.
type S3 struct {
	Region, Bucket, Endpoint     string
	AccessKeyID, SecretAccessKey string
	HTTP                         *http.Client
}

// open returns the bucket of an integration, with the prefix below which it is read.
func (r *Registry) open(ctx context.Context, i store.Integration, s Settings, credential string) (b bucket.Bucket, prefix string, err error) {
	if prefix, err = bucket.CleanPath(s.SearchPath); err != nil {
		return nil, "", catalog.BadField("search_path", err)
	}
	o := S3{Region: s.Region, Bucket: s.Bucket, Endpoint: s.Endpoint, AccessKeyID: s.AccessKeyID, SecretAccessKey: credential, HTTP: r.HTTP}
	switch s.Source() {
	case SourceAccessKey:
		return r.Buckets.S3(o), prefix, nil
	case SourceRole:
		b, err = r.Buckets.Role(ctx, o, s.RoleARN, i.ExternalID, prefix)
		return b, prefix, err
	case SourceAzure:
		b, err = r.Buckets.Azure(credential, s.Container, r.HTTP)
		return b, prefix, err
	}
	return nil, "", errors.New("the integration has no bucket")
}

// checkConnection checks a connection string of Azure.
func (r *Registry) checkConnection(ctx context.Context, s Settings, text string) error {
	if err := r.Buckets.CheckConnection(ctx, text, s.AccountName); err != nil {
		return catalog.BadField(FieldConnectionString, err)
	}
	return nil
}
