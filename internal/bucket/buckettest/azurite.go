package buckettest

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
)

// Azurite is a running server of Azure Blob Storage with one container, Name.
type Azurite struct {
	// ConnectionString names the account with its key.
	ConnectionString string
	client           *container.Client
	t                *testing.T
}

const azureAccount = "devstoreaccount1"

// NewAzurite starts Azurite, which ends with the test. The test is skipped where it cannot be installed.
func NewAzurite(t *testing.T) *Azurite {
	t.Helper()
	script := filepath.Join(root(t), "scripts", "azurite.sh")
	out, err := exec.CommandContext(t.Context(), script).Output() //nolint:gosec // our own script
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skipf("SKIPPED, Azure Blob Storage is not tested: %s", exit.Stderr)
	} else if err != nil {
		t.Fatalf("azurite.sh: %v", err)
	}
	address := start(t, strings.TrimSpace(string(out)))
	a := &Azurite{t: t, ConnectionString: fmt.Sprintf("DefaultEndpointsProtocol=http;AccountName=%s;AccountKey=%s;BlobEndpoint=http://%s/%[1]s;",
		azureAccount, base64.StdEncoding.EncodeToString([]byte("canary-account-key")), address)}
	if a.client, err = container.NewClientFromConnectionString(a.ConnectionString, Name, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := a.client.Create(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return a
}

// root returns the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("go.mod is not found: %v", err)
	return ""
}

// listens matches the line in which Azurite prints its address.
var listens = regexp.MustCompile(`listens on http://(127\.0\.0\.1:\d+)`)

// start runs Azurite on a free port and returns its address.
func start(t *testing.T, program string) (address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Minute)
	cmd := exec.CommandContext(ctx, program, "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry",
		"--blobHost", "127.0.0.1", "--blobPort", "0")
	cmd.Env = append(os.Environ(), "AZURITE_ACCOUNTS="+azureAccount+":"+base64.StdEncoding.EncodeToString([]byte("canary-account-key")))
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
	})
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if found := listens.FindStringSubmatch(lines.Text()); found != nil {
			go drain(lines)
			return found[1]
		}
	}
	t.Fatal("Azurite ended before it listened")
	return ""
}

// drain reads what the process writes, so that it never waits.
func drain(lines *bufio.Scanner) {
	for lines.Scan() {
	}
}

// Put writes a blob.
func (a *Azurite) Put(key string, content []byte) {
	a.t.Helper()
	if _, err := a.client.NewBlockBlobClient(key).UploadBuffer(a.t.Context(), content, nil); err != nil {
		a.t.Fatal(err)
	}
}

// Delete deletes a blob.
func (a *Azurite) Delete(key string) {
	a.t.Helper()
	if _, err := a.client.NewBlobClient(key).Delete(a.t.Context(), nil); err != nil {
		a.t.Fatal(err)
	}
}

// SharedAccess returns a connection string that permits what the letters say (r = read, l = list), for an hour.
func (a *Azurite) SharedAccess(permissions string) string {
	a.t.Helper()
	signed, err := a.sign(permissions)
	if err != nil {
		a.t.Fatal(err)
	}
	endpoint, _, _ := strings.Cut(strings.SplitAfter(a.ConnectionString, "BlobEndpoint=")[1], ";")
	return "AccountName=" + azureAccount + ";BlobEndpoint=" + endpoint + ";SharedAccessSignature=" + signed
}

func (a *Azurite) sign(permissions string) (string, error) {
	key, err := container.NewSharedKeyCredential(azureAccount, base64.StdEncoding.EncodeToString([]byte("canary-account-key")))
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	values, err := sas.BlobSignatureValues{
		ContainerName: Name, Permissions: permissions, ExpiryTime: time.Now().Add(time.Hour),
	}.SignWithSharedKey(key)
	return values.Encode(), err //nolint:wrapcheck // of the tests
}
