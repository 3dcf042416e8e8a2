/** How the UI looks. Each browser keeps its own; public/static/theme.js reads it before the first paint. */
export interface Appearance {
  theme: "system" | "light" | "dark";
  density: "comfortable" | "compact";
}

const defaults: Appearance = { theme: "system", density: "comfortable" };

/** The chosen appearance. */
export function appearance(): Appearance {
  const chosen = { ...defaults };
  try {
    const theme = localStorage.getItem("thalweg.theme");
    if (theme === "light" || theme === "dark") chosen.theme = theme;
    if (localStorage.getItem("thalweg.density") === "compact") chosen.density = "compact";
  } catch {
    // Storage is off.
  }
  return chosen;
}

/** Applies an appearance and keeps it. */
export function setAppearance(chosen: Appearance): void {
  for (const name of ["theme", "density"] as const) {
    const value = chosen[name];
    const isDefault = value === defaults[name];
    if (isDefault) delete document.documentElement.dataset[name];
    else document.documentElement.dataset[name] = value;
    try {
      if (isDefault) localStorage.removeItem(`thalweg.${name}`);
      else localStorage.setItem(`thalweg.${name}`, value);
    } catch {
      // Storage is off: it lasts as long as the page.
    }
  }
}
