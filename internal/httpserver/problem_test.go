package httpserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

func TestErrorsBecomeProblems(t *testing.T) {
	for err, want := range map[error]struct {
		status int
		code   Code
	}{
		access.ErrMissing:            {401, CodeMissingCredentials},
		access.ErrUnknown:            {401, CodeInvalidCredentials},
		access.ErrExpired:            {401, CodeExpiredCredentials},
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
		catalog.ErrIdempotencyReused: {422, CodeIdempotencyReused},
		blob.ErrNotFound:             {404, CodeNotFound},
		blob.ErrNoSpace:              {507, CodeInsufficientStorage},
		blob.ErrDamaged:              {500, CodeInternal},
		os.ErrDeadlineExceeded:       {408, CodeRequestTimeout},
		context.DeadlineExceeded:     {503, CodeQueryTimeout},
		&http.MaxBytesError{}:        {413, CodeBodyTooLarge},
		errors.New("secret"):         {500, CodeInternal},
		InvalidCursor():              {400, CodeInvalidCursor},
	} {
		got := ProblemOf(fmt.Errorf("table TBL-1: %w", err))
		if got.Status != want.status || got.Code != want.code || got.Type != problemType+string(want.code) || got.Title == "" || got.Detail == "" {
			t.Errorf("%v: %+v", err, got)
		}
		if strings.Contains(got.Detail, "secret") {
			t.Errorf("%v is told: %s", err, got.Detail)
		}
		if want.status == 401 && got.GetHeaders().Get("WWW-Authenticate") == "" {
			t.Errorf("%v: no challenge", err)
		}
	}
}

func TestEveryCodeHasAStatusAndATitle(t *testing.T) {
	for code, kind := range problems {
		if kind.status < 400 || kind.status > 599 || kind.title == "" || strings.ToLower(string(code)) != string(code) {
			t.Errorf("%s: %+v", code, kind)
		}
	}
}

func TestMatches(t *testing.T) {
	tag := etagOf([]byte("x"))
	for header, want := range map[string]bool{
		tag: true, "W/" + tag: true, `"a", ` + tag: true, "*": true, "": false, `"a"`: false, strings.Trim(tag, `"`): false,
	} {
		if matches(header, tag) != want {
			t.Errorf("matches(%q) = %v", header, !want)
		}
	}
}
