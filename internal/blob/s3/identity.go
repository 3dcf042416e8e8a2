package s3

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/thalweg-data/thalweg/internal/blob"
)

// identityName is the object that names the database to which the blobs under a prefix belong.
const identityName = "blob-store-id"

// Identity returns the id that SetIdentity wrote; "" if there is none.
func (b *Bucket) Identity(ctx context.Context) (string, error) {
	out, err := b.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: aws.String(b.name), Key: aws.String(b.prefix + identityName)})
	if err != nil {
		if err = b.failed("id of the artifacts", err); errors.Is(err, blob.ErrNotFound) {
			return "", nil
		}
		return "", err
	}
	defer out.Body.Close()
	text, err := io.ReadAll(io.LimitReader(out.Body, 4<<10))
	if err != nil {
		return "", b.failed("id of the artifacts", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// SetIdentity writes the id.
func (b *Bucket) SetIdentity(ctx context.Context, id string) error {
	_, err := b.client.PutObject(ctx, &sdk.PutObjectInput{
		Bucket: aws.String(b.name), Key: aws.String(b.prefix + identityName), Body: strings.NewReader(id + "\n"),
	})
	if err != nil {
		return b.failed("id of the artifacts", err)
	}
	return nil
}

// RemoveIdentity removes the id.
func (b *Bucket) RemoveIdentity(ctx context.Context) error {
	return b.remove(ctx, "id of the artifacts", b.prefix+identityName)
}

// remove deletes an object; one that does not exist is not an error.
func (b *Bucket) remove(ctx context.Context, noun, key string) error {
	_, err := b.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: aws.String(b.name), Key: aws.String(key)})
	if err == nil {
		return nil
	}
	if err = b.failed(noun, err); errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	return err
}
