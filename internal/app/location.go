package app

import (
	"context"
	"path/filepath"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	blobfs "github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/blob/s3"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
)

// location is where the artifacts of a database are: a folder or a bucket. It may be empty, or belong to another
// database; see bind.
type location interface {
	// Artifacts opens the artifacts.
	Artifacts() (blob.Store, error)
	// Identity returns the id of the database that they belong to; "" if there is none.
	Identity(ctx context.Context) (string, error)
	SetIdentity(ctx context.Context, id string) error
	RemoveIdentity(ctx context.Context) error
	// String returns the address, as it may be shown.
	String() string
	Close() error
}

// spoolName is the folder in the data folder for uploads to a bucket that are under way.
const spoolName = "spool"

// artifactsOf returns the location that the settings name.
func artifactsOf(ctx context.Context, cfg config.Config) (location, error) {
	address, err := config.ParseBlobAddress(cfg.BlobURL)
	if err != nil {
		return nil, err
	}
	switch {
	case address.Bucket != "":
		bucket, err := s3.Open(ctx, s3.Options{
			Bucket: address.Bucket, Prefix: address.Prefix, Endpoint: address.Endpoint, Region: address.Region,
			PathStyle: address.PathStyle, Spool: filepath.Join(cfg.Data, spoolName), Now: time.Now,
		})
		if err != nil {
			return nil, err
		}
		return bucketLocation{bucket}, nil
	case address.Folder != "":
		return folderLocation{blobfs.Folder(address.Folder)}, nil
	}
	return folderLocation{blobfs.Folder(filepath.Join(cfg.Data, blobsName))}, nil
}

type folderLocation struct{ blobfs.Folder }

func (l folderLocation) Artifacts() (blob.Store, error) {
	return l.Workspace(catalog.DefaultWorkspace, time.Now)
}

func (l folderLocation) Identity(context.Context) (string, error) { return l.Folder.Identity() }

func (l folderLocation) SetIdentity(_ context.Context, id string) error {
	return l.Folder.SetIdentity(id)
}

func (l folderLocation) RemoveIdentity(context.Context) error { return l.Folder.RemoveIdentity() }

func (l folderLocation) Close() error { return nil }

type bucketLocation struct{ *s3.Bucket }

func (l bucketLocation) Artifacts() (blob.Store, error) {
	return l.Workspace(catalog.DefaultWorkspace)
}
