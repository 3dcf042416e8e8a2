// Package cli is the command line. Its commands are a contract: scripts rely
// on their names, flags, output and exit codes (0 ok, 1 failed, 2 usage).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/thalweg-data/thalweg/internal/config"
)

// Exit codes.
const (
	OK     = 0
	Failed = 1
	Usage  = 2
)

type commands struct {
	Serve      ServeCmd      `cmd:"" help:"Serve the API and run imports."`
	Demo       DemoCmd       `cmd:"" help:"Serve the example shop on this machine, without a key."`
	Schemas    SchemasCmd    `cmd:"" help:"Manage schemas, one per environment."`
	Keys       KeysCmd       `cmd:"" help:"Manage API keys."`
	SetupToken SetupTokenCmd `cmd:"" name:"setup-token" help:"Print a link with which the first administrator is made."`
	Import     ImportCmd     `cmd:"" help:"Send dbt artifacts."`
	Adopt      AdoptCmd      `cmd:"" help:"Take over descriptions, owners and tags from another catalog."`
	Search     SearchCmd     `cmd:"" help:"Search the catalog."`
	Show       ShowCmd       `cmd:"" help:"Show an asset, or list those of a selector."`
	Impact     ImpactCmd     `cmd:"" help:"List what a change of a table or column reaches."`
	Export     ExportCmd     `cmd:"" help:"Export a schema as JSON Lines or Parquet."`
	MCP        MCPCmd        `cmd:"" name:"mcp" help:"Answer the questions of an agent (Model Context Protocol)."`
	Revert     RevertCmd     `cmd:"" help:"Restore the state before an import."`
	Inspect    InspectCmd    `cmd:"" help:"Count the contents of artifacts; needs no server."`
	Lineage    LineageCmd    `cmd:"" help:"Print the column lineage of a project; needs no server."`
	SQLLineage SQLLineageCmd `cmd:"" name:"sql-lineage" help:"Print the column lineage of one SQL statement; needs no server."`
	Diff       DiffCmd       `cmd:"" help:"Compare two states of a project; needs no server."`
	Backup     BackupCmd     `cmd:"" help:"Back up a data folder, in use or not."`
	Restore    RestoreCmd    `cmd:"" help:"Restore a data folder from a backup."`
	Migrate    MigrateCmd    `cmd:"" help:"Migrate the tables of the store to this version."`
	Audit      AuditCmd      `cmd:"" help:"Check the audit log."`
	Secrets    SecretsCmd    `cmd:"" help:"Manage the keys that encrypt stored credentials."`
	Config     ConfigCmd     `cmd:"" help:"Settings."`
	Health     HealthCmd     `cmd:"" help:"Ask a server whether it is ready."`
	Completion CompletionCmd `cmd:"" help:"Print the completion script of a shell."`
	Version    VersionCmd    `cmd:"" help:"Print the version."`
	Man        ManCmd        `cmd:"" hidden:"" help:"Print the manual page, in the language of man."`
}

// Run runs one command line and returns the exit code.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		Run(ctx, []string{"--help"}, stderr, stderr)
		return Usage
	}
	out := &output{stdout: stdout, stderr: stderr, now: time.Now}
	exited := -1
	var cmds commands
	parser, err := kong.New(&cmds,
		kong.Name("thalweg"), kong.Description("A self-hosted data catalog for dbt."), kong.UsageOnError(),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		out.printf("thalweg: %v", err)
		return Failed
	}
	if args[0] == completeCommand {
		return printCompletions(ctx, parser.Model, args[1:], out)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		out.printf("thalweg: %s; see thalweg --help", explain(err))
		return Usage
	}
	for _, warning := range config.UnknownVariables(os.Environ()) {
		out.printf("thalweg: warning: %s", warning)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(out); err != nil {
		out.printf("thalweg: %s", explain(err))
		var usage usageError
		if errors.As(err, &usage) {
			return Usage
		}
		return Failed
	}
	return OK
}

// usageError is the error of an invalid command line.
type usageError struct{ reason string }

func (e usageError) Error() string { return e.reason }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }
