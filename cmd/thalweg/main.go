// Command thalweg is a self-hosted data catalog for dbt.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/thalweg-data/thalweg/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)) //nolint:gocritic // the context needs no cleaning up at the end of the process
}
