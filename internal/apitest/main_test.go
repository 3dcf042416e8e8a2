package apitest

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(leakless{m}) }

// cluster waits for the throw-away PostgreSQL, which pgtest.Main stops last.
const cluster = "github.com/thalweg-data/thalweg/internal/pgtest.(*Cluster).spawn.func1"

// leakless fails a run that leaves a goroutine behind.
type leakless struct{ *testing.M }

func (l leakless) Run() int {
	// No identity of AWS is looked for on the machine that the tests run on.
	for name, value := range map[string]string{
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_CONFIG_FILE": os.DevNull,
	} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code := l.M.Run()
	if err := goleak.Find(goleak.IgnoreAnyFunction(cluster)); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "goroutines are left:", err)
		return 1
	}
	return code
}
