package cli

import (
	"context"
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/thalweg-data/thalweg/internal/observe"
)

// What this build is made from. A release sets all three by -ldflags -X; other builds know the commit if they were made
// in a checkout.
var (
	Version = "dev" //nolint:gochecknoglobals // set by the linker
	Commit  = ""    //nolint:gochecknoglobals // set by the linker
	Date    = ""    //nolint:gochecknoglobals // set by the linker: the commit's, so that a build can be repeated
)

func build() observe.Build {
	commit, _ := revision()
	return observe.Build{Version: Version, Revision: commit, Go: runtime.Version()}
}

// revision returns the commit of this build and its date, as far as they are known.
func revision() (commit, date string) {
	if Commit != "" {
		return Commit, Date
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.time":
			date = s.Value
		}
	}
	return commit, date
}

// VersionCmd prints the version.
type VersionCmd struct {
	JSON bool `help:"Print as JSON, with the commit and its date."`
}

// Help gives an example.
func (VersionCmd) Help() string { return "Example:\n  thalweg version" }

// Run prints the version, and the commit where it is known.
func (c VersionCmd) Run(_ context.Context, out *output) error {
	commit, date := revision()
	if c.JSON {
		b, err := json.Marshal(map[string]string{
			"version": Version, "commit": commit, "date": date, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
		})
		if err != nil {
			return err
		}
		return out.line("%s", b)
	}
	words := []string{"thalweg", Version}
	if commit != "" {
		words = append(words, strings.TrimSpace("("+commit[:min(12, len(commit))]+" "+date)+")")
	}
	return out.line("%s %s %s/%s", strings.Join(words, " "), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
