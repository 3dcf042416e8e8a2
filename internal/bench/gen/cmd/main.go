// Command cmd writes the artifacts of a generated dbt project into a folder.
//
//	go run ./internal/bench/gen/cmd -models 1000 -out DIR
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	var project gen.Project
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	out := flags.String("out", "", "folder to write to; made if absent")
	flags.StringVar(&project.Name, "name", "", "name of the project")
	flags.IntVar(&project.Models, "models", 1000, "number of models")
	flags.IntVar(&project.Columns, "columns", 20, "columns per model, on average")
	flags.IntVar(&project.TestsPerModel, "tests", 2, "tests per model")
	flags.IntVar(&project.Sources, "sources", 0, "source tables; 0: a fifth of the models")
	flags.IntVar(&project.Macros, "macros", 0, "macros; 0: 450")
	flags.IntVar(&project.Exposures, "exposures", 0, "exposures; 0: a hundredth of the models")
	flags.Uint64Var(&project.Seed, "seed", 1, "seed: the same gives the same bytes")
	flags.IntVar(&project.Churn.Run, "run", 0, "which run: other ids and times, nothing else")
	flags.IntVar(&project.Churn.Change, "change", 0, "models to change")
	flags.IntVar(&project.Churn.Remove, "remove", 0, "models to remove")
	flags.IntVar(&project.Churn.AddColumns, "add-columns", 0, "models to add a column to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *out == "" {
		return fmt.Errorf("-out is missing")
	}
	plan, err := project.Plan()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o750); err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer) error{
		"manifest.json":    plan.WriteManifest,
		"catalog.json":     plan.WriteCatalog,
		"run_results.json": plan.WriteRunResults,
		"sources.json":     plan.WriteSources,
	} {
		if err := writeFile(filepath.Join(*out, name), write); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		_ = file.Close() // the first error explains more
		return fmt.Errorf("%s: %w", path, err)
	}
	return file.Close()
}
