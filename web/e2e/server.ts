import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A running thalweg of a test, with a folder of its own. */
export interface Server {
  base: string;
  folder: string;
  output: () => string;
  stop: () => Promise<void>;
}

const binary = resolve(process.env.THALWEG ?? "../bin/thalweg");
const startsWithin = 60_000; // ms

/** Starts `thalweg` with a command such as "demo" or "serve" on a free port of this machine, and waits until it listens. */
export async function start(
  command: string[],
  env: Record<string, string> = {},
  listen = "127.0.0.1:0",
): Promise<Server> {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: make ui && go build -o bin/thalweg ./cmd/thalweg`);
  const folder = mkdtempSync(join(tmpdir(), "thalweg-ui-"));
  const database = process.env.STORE === "postgres" ? await postgres(folder) : undefined;
  const child = spawn(binary, [...command, "--listen", listen, "--data", join(folder, "data")], {
    env: { PATH: process.env.PATH, HOME: folder, ...(database && { THALWEG_DATABASE_URL: database.url }), ...env },
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const stop = async () => {
    await ended(child);
    await database?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { base: await address(child, () => output), folder, output: () => output, stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

async function address(child: ChildProcess, output: () => string): Promise<string> {
  const until = Date.now() + startsWithin;
  while (Date.now() < until) {
    const found = output().match(/http:\/\/127\.0\.0\.1:\d+/);
    if (found && (await fetch(`${found[0]}/livez`).catch(() => undefined))?.ok) return found[0];
    if (child.exitCode !== null) break;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(`thalweg does not listen:\n${output()}`);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((r) => {
    child.once("exit", () => r());
    child.kill("SIGTERM");
  });
}

/** Starts a PostgreSQL of its own in a folder, on a socket there. */
async function postgres(folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const bin = readdirSync("/usr/lib/postgresql")
    .map((v) => `/usr/lib/postgresql/${v}/bin`)
    .find((dir) => existsSync(`${dir}/initdb`));
  if (!bin) throw new Error("PostgreSQL is missing: apt-get install postgresql");
  const data = join(folder, "postgres");
  const asUser = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  if (asUser.length > 0) execFileSync("chown", ["postgres", folder]);
  const run = (name: string, ...args: string[]) => {
    const [program = "", ...rest] = [...asUser, `${bin}/${name}`, ...args];
    execFileSync(program, rest, { stdio: "pipe" });
  };
  run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync");
  run(
    "pg_ctl",
    "-D",
    data,
    "-w",
    "-l",
    join(folder, "postgres.log"),
    "-o",
    `-k ${folder} -c listen_addresses= -c fsync=off`,
    "start",
  );
  return {
    url: `postgres:///postgres?host=${folder}&user=postgres`,
    stop: async () => run("pg_ctl", "-D", data, "-m", "immediate", "stop"),
  };
}
