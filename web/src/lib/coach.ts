// The marks of the first lineage: each browser shows them once, after it sent the first import of a catalog.
const key = "thalweg.coach";

function state(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return "seen"; // storage is off: rather never than always
  }
}

function keep(value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is off.
  }
}

/** The next lineage that is opened has the marks, unless this browser showed them before. */
export function beginCoach(): void {
  if (state() === null) keep("due");
}

/** Reports whether the marks are to be shown. */
export function dueCoach(): boolean {
  return state() === "due";
}

/** The marks were seen, or skipped. */
export function endCoach(): void {
  keep("seen");
}
