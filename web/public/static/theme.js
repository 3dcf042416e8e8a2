// Sets the chosen theme and density before the first paint. src/lib/appearance.ts writes what this reads.
for (const name of ["theme", "density"]) {
  try {
    const value = localStorage.getItem(`thalweg.${name}`);
    if (value) document.documentElement.dataset[name] = value;
  } catch {
    // Storage is off: the system's theme holds.
  }
}
