const cached = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

/** The width of a text in a font, in pixels; an estimate where there is no canvas. */
function widthOf(text: string, font: string): number {
  const key = `${font} ${text}`;
  const found = cached.get(key);
  if (found !== undefined) return found;
  if (context === undefined) {
    context =
      typeof CanvasRenderingContext2D === "undefined" ? null : document.createElement("canvas").getContext("2d");
  }
  let width = text.length * 6.6;
  if (context) {
    context.font = font;
    width = context.measureText(text).width;
  }
  if (cached.size > 20_000) cached.clear();
  cached.set(key, width);
  return width;
}

/** A name cut in its middle so that it fits, with the longer half at its end, which tells names apart. */
export function fitted(name: string, font: string, room: number): string {
  if (widthOf(name, font) <= room) return name;
  const letters = [...name];
  let low = 1;
  let high = letters.length - 1;
  let best = "…";
  while (low <= high) {
    const kept = (low + high) >> 1;
    const head = Math.floor(kept * 0.45);
    const text = `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (kept - head)).join("")}`;
    if (widthOf(text, font) <= room) {
      best = text;
      low = kept + 1;
    } else {
      high = kept - 1;
    }
  }
  return best;
}
