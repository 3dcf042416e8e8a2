// Package s3 keeps blobs in a bucket that speaks the protocol of Amazon S3, under a prefix of its own:
//
//	ws/<workspace>/sha256/<first 2 digits>/<64 digits>   committed blobs
//	ws/<workspace>/sha256/<first 2 digits>/<digits>.zst  the same, compressed
//	blob-store-id                                        the database that the blobs belong to
//
// An upload is hashed into a spool file first, because an object is named by its hash, and sent when it is committed.
// A bucket shows an object whole or not at all, so there is never half of a blob.
package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/sigv4"
)

const (
	// attempts is how often a request is made before its error is returned; the pauses between them grow.
	attempts = 5
	// stalled is how long a bucket may send nothing, at the begin of an answer or within it.
	stalled = 30 * time.Second
)

// Options name a bucket and what goes with it.
type Options struct {
	Bucket   string
	Prefix   string // of all keys, without slashes around it; may be empty
	Endpoint string // https://host of a store other than Amazon's; "" = Amazon's of the region
	Region   string // "" = that of the environment, and us-east-1 with an endpoint
	// PathStyle puts the bucket into the path of addresses instead of their host.
	PathStyle bool
	// Spool is the folder for uploads under way and for copies of blobs that are read at offsets.
	Spool string
	Now   func() time.Time
}

// Bucket is a bucket, or the part of it under a prefix.
type Bucket struct {
	client *sdk.Client
	name   string
	prefix string // "" or ends with a slash
	spool  string
	now    func() time.Time
	health health
}

// Open prepares access to a bucket, without a request. Credentials come from where every program of Amazon's kit looks
// for them: variables of the environment, the files of ~/.aws, a role of the machine or container.
func Open(ctx context.Context, o Options) (*Bucket, error) {
	settings, err := config.LoadDefaultConfig(ctx,
		config.WithHTTPClient(awshttp.NewBuildableClient().WithReadTimeout(stalled).WithTransportOptions(func(t *http.Transport) {
			t.DisableCompression = true // an artifact that is stored as gzip has to arrive as it is
			t.ResponseHeaderTimeout = stalled
		})),
		config.WithRetryMaxAttempts(attempts),
		config.WithLogger(logging.Nop{}),
		// Other stores than Amazon's refuse the newer checksums. Reads are checked by the hash in any case.
		config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenRequired),
		config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenRequired),
	)
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", o.Bucket, err)
	}
	if o.Region != "" {
		settings.Region = o.Region
	}
	if settings.Region == "" && o.Endpoint != "" {
		settings.Region = "us-east-1" // part of every signature, and of no meaning to most other stores
	}
	if settings.Region == "" {
		return nil, fmt.Errorf("bucket %s: its region is not set: add ?region=… to the address, or set AWS_REGION", o.Bucket)
	}
	if kit, ok := settings.HTTPClient.(*awshttp.BuildableClient); ok { // with the certificates of AWS_CA_BUNDLE by now
		settings.HTTPClient = kit.Freeze()
	}
	client := sdk.NewFromConfig(settings, func(s *sdk.Options) {
		s.UsePathStyle = o.PathStyle
		if o.Endpoint != "" {
			s.BaseEndpoint = aws.String(o.Endpoint)
		}
		s.HTTPSignerV4 = sigv4.Plain{HTTPSignerV4: s.HTTPSignerV4}
	})
	prefix := strings.Trim(o.Prefix, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &Bucket{client: client, name: o.Bucket, prefix: prefix, spool: o.Spool, now: o.Now}, nil
}

// Close closes connections that are not in use.
func (b *Bucket) Close() error {
	if idle, ok := b.client.Options().HTTPClient.(interface{ CloseIdleConnections() }); ok {
		idle.CloseIdleConnections()
	}
	return nil
}

// String names the bucket in messages.
func (b *Bucket) String() string { return strings.TrimSuffix("s3://"+b.name+"/"+b.prefix, "/") }

// failed adds what was being done to an error of a request for an object and translates it into those of package blob.
func (b *Bucket) failed(noun string, err error) error {
	if err == nil {
		return nil
	}
	var answer *awshttp.ResponseError
	var problem smithy.APIError
	if errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusNotFound &&
		(!errors.As(err, &problem) || problem.ErrorCode() != "NoSuchBucket") {
		return fmt.Errorf("%s in %s: %w", noun, b, blob.ErrNotFound)
	}
	return b.away(noun, err)
}

// away is failed for requests that need no object: whatever goes wrong, the bucket does not do what it has to.
func (b *Bucket) away(noun string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s in %s: %w", noun, b, err)
	}
	b.health.note(b.now(), err)
	return fmt.Errorf("%s in %s: %w: %w", noun, b, blob.ErrUnavailable, &refusal{err})
}

// refusal is the error of a request in a few words: the kit's text is long and has ids that mean nothing to a reader.
type refusal struct{ err error }

func (r *refusal) Error() string {
	var problem smithy.APIError
	var connection *url.Error
	switch {
	case errors.As(r.err, &problem) && problem.ErrorMessage() != "":
		return problem.ErrorCode() + ": " + problem.ErrorMessage()
	case errors.As(r.err, &problem):
		return problem.ErrorCode()
	case errors.As(r.err, &connection):
		return connection.Err.Error()
	}
	return r.err.Error()
}

func (r *refusal) Unwrap() error { return r.err }

// serverTime returns the time of an answer by the clock of the bucket.
func serverTime(m middleware.Metadata) (time.Time, bool) { return awsmiddleware.GetServerTime(m) }
