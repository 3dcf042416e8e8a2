package gen

// Standard is the project that the benchmarks measure, of any number of models: at 10,000
// it has 2,000 sources, 248,000 columns, 20,000 edges, 20,000 tests and 210 MB of
// manifest and catalog.
func Standard(models int) Project {
	return Project{Models: models, Columns: 20, TestsPerModel: 2, Seed: 1}
}
