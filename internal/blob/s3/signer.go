package s3

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
)

// plainSigner leaves Accept-Encoding out of the signature: proxies change it on the way, and Google's store refuses
// requests that sign it.
type plainSigner struct{ next sdk.HTTPSignerV4 }

// SignHTTP implements the kit's interface of a signer.
func (s plainSigner) SignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, payload, service, region string, at time.Time, options ...func(*v4.SignerOptions)) error {
	encoding := r.Header.Values("Accept-Encoding")
	r.Header.Del("Accept-Encoding")
	err := s.next.SignHTTP(ctx, c, r, payload, service, region, at, options...)
	if len(encoding) > 0 {
		r.Header["Accept-Encoding"] = encoding
	}
	return err
}
