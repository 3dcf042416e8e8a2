// Package s3 reads buckets over the protocol of Amazon S3, which Google Cloud Storage and many private stores speak.
package s3

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/sigv4"
)

// Options name a bucket and how to reach it.
type Options struct {
	Name, Region string
	// Endpoint is the address of a store other than Amazon's, with its scheme; "" = Amazon's for the region.
	Endpoint    string
	Credentials aws.CredentialsProvider
	// HTTP makes the connections. It must neither follow redirects nor decompress replies.
	HTTP *http.Client
}

// pageKeys is how many keys a page has at most.
const pageKeys = 1000

// Bucket is a bucket of a store that speaks S3.
type Bucket struct {
	client  *s3.Client
	options Options
}

// New returns a bucket; it makes no request.
func New(o Options) *Bucket {
	client := s3.New(s3.Options{
		Region:      o.Region,
		Credentials: o.Credentials,
		HTTPClient:  o.HTTP,
		// The caller repeats requests.
		Retryer: aws.NopRetryer{},
		// A name with dots does not match the certificate of its virtual host.
		UsePathStyle:                              o.Endpoint != "" || strings.Contains(o.Name, "."),
		HTTPSignerV4:                              sigv4.Plain{HTTPSignerV4: signer.NewSigner()},
		RequestChecksumCalculation:                aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation:                aws.ResponseChecksumValidationWhenRequired,
		DisableLogOutputChecksumValidationSkipped: true,
	}, func(s *s3.Options) {
		if o.Endpoint != "" {
			s.BaseEndpoint = aws.String(o.Endpoint)
		}
	})
	return &Bucket{client, o}
}

// Page implements bucket.Bucket.
func (b *Bucket) Page(ctx context.Context, prefix, next string) (bucket.Page, error) {
	in := &s3.ListObjectsV2Input{Bucket: &b.options.Name, Prefix: &prefix, MaxKeys: aws.Int32(pageKeys)}
	if next != "" {
		in.ContinuationToken = &next
	}
	var out *s3.ListObjectsV2Output
	err := b.renewed(func() (err error) {
		out, err = b.client.ListObjectsV2(ctx, in)
		return b.explain(err, "s3:ListBucket")
	})
	if err != nil {
		return bucket.Page{}, err
	}
	page := bucket.Page{Objects: make([]bucket.Object, len(out.Contents))}
	for i, o := range out.Contents {
		page.Objects[i] = object(o)
	}
	if aws.ToBool(out.IsTruncated) {
		page.Next = aws.ToString(out.NextContinuationToken)
	}
	return page, nil
}

func object(o types.Object) bucket.Object {
	return bucket.Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: aws.ToString(o.ETag), Modified: aws.ToTime(o.LastModified)}
}

// Open implements bucket.Bucket.
func (b *Bucket) Open(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
	in := &s3.GetObjectInput{Bucket: &b.options.Name, Key: &o.Key}
	if o.ETag != "" {
		in.IfMatch = &o.ETag
	}
	var out *s3.GetObjectOutput
	err := b.renewed(func() (err error) {
		out, err = b.client.GetObject(ctx, in)
		return b.explain(err, "s3:GetObject")
	})
	if err != nil {
		return nil, err
	}
	// Some stores do not know the condition.
	if got := aws.ToString(out.ETag); o.ETag != "" && got != "" && strings.Trim(got, `"`) != strings.Trim(o.ETag, `"`) {
		return nil, bucket.Discard(out.Body, &bucket.Error{Reason: bucket.Replaced, Message: "the object was replaced after it was listed: " + bucket.Quote(o.Key)})
	}
	return out.Body, nil
}

// renewed calls try, and once more with new credentials if those that it used had expired.
func (b *Bucket) renewed(try func() error) error {
	err := try()
	cache, ok := b.options.Credentials.(*aws.CredentialsCache)
	if !ok || bucket.ReasonOf(err) != bucket.Expired {
		return err
	}
	cache.Invalidate()
	return try()
}
