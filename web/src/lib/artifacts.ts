/** The parts of an import, by the names of their form fields. */
export type Part = "manifest" | "catalog" | "run_results" | "sources" | "semantic_manifest";

/** The artifacts of one dbt project: what one import sends. */
export interface Project {
  folder: string;
  files: { part: Part; file: File }[];
}

/** A file that is not an artifact, and what it seems to be. */
export interface OtherFile {
  name: string;
  why: string;
}

/** A file with the path that it was dropped or chosen with. */
export interface Dropped {
  path: string;
  file: File;
}

const names: Record<string, Part> = {
  "manifest.json": "manifest",
  "catalog.json": "catalog",
  "run_results.json": "run_results",
  "sources.json": "sources",
  "semantic_manifest.json": "semantic_manifest",
};

// dbt names the kind near the beginning of each file: …/dbt/manifest/v12.json.
const schemaVersion = /schemas\.getdbt\.com\/dbt\/(manifest|catalog|run-results|sources)\/v\d+/;
const headBytes = 4096;
const quiet =
  /(^|\/)(\.|node_modules\/|compiled\/|run\/|graph(_summary)?\.(gpickle|json)|partial_parse\.msgpack|index\.html|static_index\.html)/;

/**
 * Sorts files into projects: those of one folder belong together. A file is known by its content, else by its name, so
 * that a renamed artifact is found; what dbt leaves in target beside artifacts is passed over.
 */
export async function sortFiles(dropped: Dropped[]): Promise<{ projects: Project[]; others: OtherFile[] }> {
  const folders = new Map<string, Project>();
  const others: OtherFile[] = [];
  for (const { path, file } of dropped) {
    if (quiet.test(path)) continue;
    const part = await partOf(path, file);
    if (typeof part !== "string") {
      others.push({ name: path, why: part.why });
      continue;
    }
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const project = folders.get(folder) ?? { folder, files: [] };
    const twice = part !== "run_results" && project.files.some((f) => f.part === part);
    if (twice) others.push({ name: path, why: `a second ${part} in the same folder; the first is sent` });
    else project.files.push({ part, file });
    folders.set(folder, project);
  }
  const projects: Project[] = [];
  for (const project of folders.values()) {
    if (project.files.some((f) => f.part === "manifest")) projects.push(project);
    else
      for (const f of project.files)
        others.push({
          name: [project.folder, f.file.name].filter(Boolean).join("/"),
          why: "an artifact without the manifest.json of its project beside it",
        });
  }
  return { projects, others };
}

async function partOf(path: string, file: File): Promise<Part | { why: string }> {
  const name = (path.split("/").at(-1) ?? "").toLowerCase();
  const plain = name.replace(/\.gz$/, "");
  if (name.endsWith(".gz") && names[plain]) return names[plain];
  const head = await file.slice(0, headBytes).text();
  const found = head.match(schemaVersion)?.[1];
  if (found) return found.replace("-", "_") as Part;
  if (names[plain] && /^\s*\{/.test(head)) return names[plain];
  if (names[plain]) return { why: `${file.size === 0 ? "an empty file" : "not JSON"}; a ${plain} of dbt was expected` };
  return { why: describe(name, head) };
}

function describe(name: string, head: string): string {
  const expected =
    "manifest.json, catalog.json, run_results.json, sources.json or semantic_manifest.json of dbt's target folder is expected";
  if (/\.(sql|ya?ml|csv|py|md)$/.test(name)) return `a file of the project's source; ${expected}`;
  if (name.endsWith(".zip") || head.startsWith("PK")) return `an archive; unpack it: ${expected}`;
  if (/^\s*[{[]/.test(head)) return `JSON, but not an artifact of dbt; ${expected}`;
  return `not an artifact of dbt; ${expected}`;
}

/** The files of a drop, folders read to their ends. */
export async function droppedFiles(items: DataTransferItemList): Promise<Dropped[]> {
  // Entries must be taken before the first wait: the list is empty afterwards.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((e) => e !== null);
  const out: Dropped[] = [];
  for (const entry of entries) await walk(entry, out);
  return out;
}

async function walk(entry: FileSystemEntry, out: Dropped[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    out.push({ path, file });
    return;
  }
  if (quiet.test(`${path}/`)) return;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, out);
  }
}

/** The files of a file chooser, with their paths if a folder was chosen. */
export function chosenFiles(files: FileList): Dropped[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}
