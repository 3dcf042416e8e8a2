import { fitted } from "@/lib/measure";
import { arrow, headOf, pathOf, shortened } from "./paths";
import type { Box, Line, Scene } from "./scene";
import type { Step } from "./steps";

const colours = {
  paper: "#ffffff",
  ground: "#f6f7f6",
  ink: "#17211e",
  ink2: "#44514c",
  ink3: "#5f6b66",
  line: "#e4e8e6",
  strong: "#cdd4d1",
  accent: "#0a6b82",
  tint: "#e4f1f4",
};
const sans = "system-ui, sans-serif";
const mono = "ui-monospace, monospace";

/** A scene as an SVG document of its own, in the light theme. Names are texts: they may be hostile. */
export function svgOf(scene: Scene, title: string): string {
  const out: string[] = [];
  const { width, height } = scene;
  out.push(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${sans}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${colours.ground}"/>`,
  );
  for (const l of [...scene.lines].sort((a, b) => Number(a.on) - Number(b.on))) out.push(lineOf(l));
  for (const l of scene.lanes) {
    const top = Math.min(...scene.boxes.map((b) => b.y)) - 10;
    out.push(text(l.x + l.width / 2, top, `${l.mono ? `${l.mono} ` : ""}${l.text}`, 11, colours.ink3, "middle"));
  }
  for (const b of scene.boxes) out.push(boxOf(b));
  for (const g of scene.glyphs) {
    out.push(
      `<circle cx="${g.x}" cy="${g.y}" r="8" fill="${colours.paper}" stroke="${colours.accent}" stroke-width="1.5"/>`,
      text(g.x, g.y + 3.5, g.how, 10, colours.accent, "middle", mono),
    );
  }
  out.push("</svg>");
  return out.join("\n");
}

function lineOf(l: Line): string {
  const stroke = l.on ? colours.accent : l.style === "rows" ? colours.ink3 : colours.strong;
  const wide = l.width ? l.width : l.on || l.style === "rows" ? 2 : 1.25;
  const dash = l.style === "rows" ? "1 4" : l.style === "" ? "" : "5 3";
  const trimmed = l.columns ? shortened(l.points, 3, 2) : shortened(l.points, 0, arrow);
  const path = `<path d="${pathOf(trimmed)}" fill="none" stroke="${stroke}" stroke-width="${wide}"${dash && ` stroke-dasharray="${dash}"`}/>`;
  return l.columns ? path : `${path}<path d="${headOf(l.points)}" fill="${l.on ? colours.accent : colours.strong}"/>`;
}

function boxOf(b: Box): string {
  const out = [`<g><title>${escaped(b.name)}</title>`];
  const edge = b.focus || b.on ? colours.accent : colours.strong;
  out.push(
    `<rect x="${b.x}" y="${b.y}" width="${b.width}" height="${b.height}" rx="6" fill="${colours.paper}" stroke="${edge}"${b.fold ? ' stroke-dasharray="4 3"' : ""}/>`,
  );
  const ink = b.dim ? colours.ink3 : colours.ink;
  const kind = b.kind ? b.kind.slice(0, 1).toUpperCase() : "";
  if (kind) {
    out.push(
      `<rect x="${b.x + 8}" y="${b.y + 8}" width="14" height="14" rx="3" fill="${colours.line}" stroke="${colours.ink2}"/>`,
      text(b.x + 15, b.y + 18.5, kind, 9, colours.ink2, "middle"),
    );
  }
  out.push(text(b.x + (kind ? 28 : 10), b.y + 19, fitted(b.title, `500 12px ${sans}`, b.width - 38), 12, ink));
  for (const r of b.rows) {
    out.push(
      `<rect x="${b.x + 1}" y="${b.y + r.y - 10.5}" width="${b.width - 2}" height="21" fill="${colours.tint}"/>`,
      text(b.x + 8, b.y + r.y + 4, fitted(r.name, `11.5px ${mono}`, b.width - 16), 11.5, colours.ink, "start", mono),
    );
  }
  if (b.rows.length > 0 && b.more) {
    const y = b.y + (b.rows.at(-1)?.y ?? 0) + 25;
    out.push(text(b.x + 8, y, `+ ${b.more} columns`, 11, colours.ink3));
  }
  if (b.foot) {
    const y = b.y + b.height - 8;
    out.push(
      text(b.x + 8, y, drawnOf(b.upDrawn, b.up, "up"), 11, colours.ink3),
      text(b.x + b.width - 8, y, drawnOf(b.downDrawn, b.down, "down"), 11, colours.ink3, "end"),
    );
  }
  out.push("</g>");
  return out.join("");
}

function drawnOf(drawn: number, of: number, side: string): string {
  if (of === 0) return "";
  return drawn >= of ? `${of} ${side}` : drawn === 0 ? `+${of} ${side}` : `${drawn} of ${of} ${side}`;
}

function text(x: number, y: number, content: string, size: number, fill: string, anchor = "start", face = ""): string {
  if (!content) return "";
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${face && ` font-family="${face}"`}>${escaped(content)}</text>`;
}

/** A text in XML, without characters that XML does not have. */
export function escaped(content: string): string {
  return content
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Rows as CSV. A cell that a spreadsheet would run begins with an apostrophe. */
export function csvOf(rows: (string | number)[][]): string {
  const cell = (value: string | number) => {
    const content = String(value);
    const safe = /^[=+\-@\t\r]/.test(content) ? `'${content}` : content;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((r) => `${r.map(cell).join(",")}\r\n`).join("");
}

/** The edges of a scene as CSV: steps of columns if some are traced, else edges of tables. */
export function edgesCSV(scene: Scene, steps: Step[]): string {
  if (steps.length > 0) {
    return csvOf([
      ["from_table", "from_column", "to_table", "to_column", "kinds", "confidence"],
      ...steps.map((s) => [s.from.name, s.from.column, s.to.name, s.to.column, s.kinds.join(" "), s.confidence]),
    ]);
  }
  const name = (id: string) => {
    const box = scene.byId.get(id);
    return [id, box?.name ?? "", box?.uniqueId ?? ""];
  };
  return csvOf([
    ["from_id", "from_name", "from_unique_id", "to_id", "to_name", "to_unique_id", "type"],
    ...scene.lines
      .filter((l) => !l.columns && l.style !== "fold")
      .map((l) => [...name(l.from), ...name(l.to), l.label]),
  ]);
}

/** Saves a file. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const widest = 8192; // px of a picture

/** An SVG document as a PNG, twice as large as on the screen where that fits. */
export async function pngOf(svg: string, width: number, height: number): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(2, widest / width, widest / height);
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(width * scale);
    canvas.height = Math.ceil(height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, failed) =>
      canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("The browser made no picture"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
