const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const fullDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const everything = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

/** A time with its day: "06:01 today", "9 Nov 06:00", "9 Nov 2025". The time of the reader's zone. */
export function when(iso: string | null | undefined, now: Date = new Date()): string {
  if (!iso) return "–";
  const t = new Date(iso);
  if (Number.isNaN(t.getTime())) return iso;
  if (t.toDateString() === now.toDateString()) return `${clock.format(t)} today`;
  if (t.getFullYear() === now.getFullYear()) return `${dayOfYear.format(t)} ${clock.format(t)}`;
  return fullDay.format(t);
}

/** A time in full, for titles. */
export function inFull(iso: string): string {
  const t = new Date(iso);
  return Number.isNaN(t.getTime()) ? iso : everything.format(t);
}

/** How long ago a time is, in its largest unit: "12 min", "18 h", "4 d". */
export function age(iso: string, now: Date = new Date()): string {
  return span((now.getTime() - new Date(iso).getTime()) / 1000);
}

/** A long time in its largest unit: "40 s", "12 min", "18 h", "4 d". */
export function span(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < minute) return `${Math.round(s)} s`;
  if (s < hour) return `${Math.round(s / minute)} min`;
  if (s < 2 * day) return `${Math.round(s / hour)} h`;
  return `${Math.round(s / day)} d`;
}

/** A duration: "0.35 s", "6.0 s", "3 min 20 s", "2 h 4 min". */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return "–";
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < minute) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < hour) return `${Math.floor(whole / minute)} min ${whole % minute} s`;
  return `${Math.floor(whole / hour)} h ${Math.floor((whole % hour) / minute)} min`;
}
