const thousands = new Intl.NumberFormat("en-GB");

/** A number with its thousands apart: "12,550". */
export function number(n: number): string {
  return thousands.format(n);
}

/** A number of things: "1 table", "3 tables". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** The bytes of a file: "812 B", "3.4 kB", "170 MB". */
export function bytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = n;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size >= 100 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** A share of 0 to 1: "78 %". It is 100 only if all are, and 0 only if none is. */
export function percent(part: number, of: number): string {
  if (of === 0) return "–";
  const p = Math.round((100 * part) / of);
  if (part < of && p === 100) return "99 %";
  if (part > 0 && p === 0) return "1 %";
  return `${p} %`;
}
