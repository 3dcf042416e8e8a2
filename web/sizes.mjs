// Checks what the built UI weighs, gzipped: the script and style that the first page loads, and each page that is loaded
// later. Run after scripts/ui.sh: node sizes.mjs
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const most = { script: 220, style: 25, page: 40 }; // kB
const folder = new URL("./dist/", import.meta.url);
const assets = new URL("static/assets/", folder);
const weigh = (url) => gzipSync(readFileSync(url), { level: 9 }).length / 1000;

const index = readFileSync(new URL("index.html", folder), "utf8");
const first = new Set([...index.matchAll(/static\/assets\/([\w.-]+)/g)].map((m) => m[1]));
// What a script of the first page imports at once is loaded with it.
for (const name of first) {
  if (!name.endsWith(".js")) continue;
  const text = readFileSync(new URL(name, assets), "utf8");
  for (const m of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) first.add(m[1]);
}

const sums = { script: 0, style: 0 };
const heavy = [];
for (const name of readdirSync(assets)) {
  const size = weigh(new URL(name, assets));
  if (first.has(name)) sums[name.endsWith(".css") ? "style" : "script"] += size;
  else if (name.endsWith(".js") && size > most.page) heavy.push(`${name}: ${size.toFixed(1)} kB, at most ${most.page}`);
}
for (const [kind, sum] of Object.entries(sums)) {
  console.log(`first ${kind}: ${sum.toFixed(1)} kB of ${most[kind]} kB`);
  if (sum > most[kind]) heavy.push(`first ${kind}: ${sum.toFixed(1)} kB, at most ${most[kind]}`);
}
const other = index.match(/(?:src|href)="https?:/g);
if (other) heavy.push(`index.html loads from another host: ${other.join(" ")}`);
if (heavy.length > 0) {
  console.error(`too heavy:\n${heavy.join("\n")}`);
  process.exit(1);
}
