package httpserver

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// replies has every error that crosses layers, with its reply.
var replies = map[error]struct {
	status int
	code   Code
}{
	access.ErrMissing:            {401, CodeMissingCredentials},
	access.ErrUnknown:            {401, CodeInvalidCredentials},
	access.ErrExpired:            {401, CodeExpiredCredentials},
	access.ErrProvider:           {401, CodeInvalidCredentials},
	access.ErrSignedOut:          {401, CodeExpiredCredentials},
	access.ErrWrongPassword:      {401, CodeInvalidCredentials},
	catalog.ErrNotFound:          {404, CodeNotFound},
	catalog.ErrInvalid:           {422, CodeInvalidField},
	catalog.ErrConflict:          {409, CodeConflict},
	catalog.ErrForbidden:         {403, CodeForbidden},
	catalog.ErrTooLarge:          {413, CodeBodyTooLarge},
	catalog.ErrUnsupported:       {501, CodeNotSupported},
	catalog.ErrBusy:              {409, CodeSchemaBusy},
	catalog.ErrFenced:            {409, CodeSchemaBusy},
	catalog.ErrNoSpace:           {507, CodeInsufficientStorage},
	catalog.ErrUnavailable:       {503, CodeNotReady},
	blob.ErrUnavailable:          {503, CodeNotReady},
	catalog.ErrOverloaded:        {503, CodeNotReady},
	catalog.ErrIdempotencyReused: {422, CodeIdempotencyReused},
	blob.ErrNotFound:             {404, CodeNotFound},
	blob.ErrNoSpace:              {507, CodeInsufficientStorage},
	blob.ErrDamaged:              {500, CodeArtifactDamaged},
	os.ErrDeadlineExceeded:       {408, CodeRequestTimeout},
	context.DeadlineExceeded:     {503, CodeQueryTimeout},
	&http.MaxBytesError{}:        {413, CodeBodyTooLarge},
	errors.New("secret"):         {500, CodeInternal},
	InvalidCursor():              {400, CodeInvalidCursor},
}

func TestErrorsBecomeProblems(t *testing.T) {
	for err, want := range replies {
		got := ProblemOf(fmt.Errorf("table TBL-1: %w", err))
		if got.Status != want.status || got.Code != want.code || !strings.HasSuffix(got.Type, string(want.code)) || got.Title == "" || got.Detail == "" {
			t.Errorf("%v: %+v", err, got)
		}
		if strings.Contains(got.Detail, "secret") {
			t.Errorf("%v shows in the reply: %s", err, got.Detail)
		}
		if want.status == 401 && got.GetHeaders().Get("WWW-Authenticate") == "" {
			t.Errorf("%v: no challenge", err)
		}
	}
}

// Every sentinel of the packages below is in the table above: a new one needs a reply of its own, or the decision that
// it is an internal error.
func TestEverySentinelHasAReply(t *testing.T) {
	// The first two mark faults of our own code and of stored data, the last one ends a job.
	const skipped = "ErrClosed ErrDelta ErrCanceled"
	tested := map[string]bool{}
	for err := range replies {
		tested[err.Error()] = true
	}
	for _, folder := range []string{"../access", "../blob", "../catalog"} {
		for name, text := range sentinels(t, folder) {
			if !tested[text] && !strings.Contains(skipped, name) {
				t.Errorf("%s: %s (%q) has no reply in the table", folder, name, text)
			}
		}
	}
}

// sentinels lists the exported errors that a package declares, name → text.
func sentinels(t *testing.T, folder string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Err") {
				return true
			}
			if call, ok := spec.Values[0].(*ast.CallExpr); ok && len(call.Args) == 1 {
				if text, ok := call.Args[0].(*ast.BasicLit); ok {
					out[spec.Names[0].Name] = strings.Trim(text.Value, `"`)
				}
			}
			return true
		})
	}
	if len(out) == 0 {
		t.Fatalf("%s declares no errors: was it read?", folder)
	}
	return out
}

func TestEveryCodeHasAStatusAndATitle(t *testing.T) {
	for code, kind := range problems {
		if kind.status < 400 || kind.status > 599 || kind.title == "" || strings.ToLower(string(code)) != string(code) {
			t.Errorf("%s: %+v", code, kind)
		}
	}
}
