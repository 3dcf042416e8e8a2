package dbtimports

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// longestWait limits how long a request may wait for its import.
const longestWait = 60 * time.Second

// waitOf returns how long the client wants to wait for the import to finish: ?wait=30, or Prefer: wait=30. A server
// may ignore Prefer, so an invalid value of it is not an error.
func waitOf(r *http.Request) (time.Duration, error) {
	if text := r.URL.Query().Get("wait"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return 0, httpserver.NewProblem(httpserver.CodeInvalidParameter, "wait: want a number of seconds, such as 30.").About("wait", "not a number of seconds")
		}
		return shorter(n), nil
	}
	for _, header := range r.Header.Values("Prefer") {
		for preference := range strings.SplitSeq(header, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(preference), "=")
			n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
			if strings.EqualFold(strings.TrimSpace(name), "wait") && err == nil && n > 0 {
				return shorter(n), nil
			}
		}
	}
	return 0, nil
}

func shorter(seconds int) time.Duration {
	if seconds > int(longestWait.Seconds()) {
		return longestWait
	}
	return time.Duration(seconds) * time.Second
}

// await polls an import until it has ended or the time is up.
func (a *API) await(ctx context.Context, ws int64, imp catalog.Import, wait time.Duration) (catalog.Import, error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	for pause := 20 * time.Millisecond; !ended(imp); pause = min(2*pause, 500*time.Millisecond) {
		next := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			next.Stop()
			return imp, ctx.Err()
		case <-over.C:
			next.Stop()
			return imp, nil
		case <-next.C:
		}
		var err error
		if imp, err = a.Store.Import(ctx, ws, imp.ID); err != nil {
			return imp, err
		}
	}
	return imp, nil
}

func ended(imp catalog.Import) bool {
	return imp.Status == catalog.Completed || imp.Status == catalog.Failed
}
