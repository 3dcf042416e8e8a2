// Package sigv4 signs requests to stores that speak S3.
package sigv4

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Plain leaves Accept-Encoding out of signatures: proxies change that header on the way, and Google's store refuses
// signatures that cover it.
type Plain struct{ s3.HTTPSignerV4 }

// SignHTTP signs a request.
func (p Plain) SignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, payloadHash, service, region string, at time.Time,
	options ...func(*signer.SignerOptions),
) error {
	encoding := r.Header.Values("Accept-Encoding")
	r.Header.Del("Accept-Encoding")
	err := p.HTTPSignerV4.SignHTTP(ctx, c, r, payloadHash, service, region, at, options...)
	if len(encoding) > 0 {
		r.Header["Accept-Encoding"] = encoding
	}
	return err //nolint:wrapcheck // the signer's own
}
