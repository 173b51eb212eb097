/**
 * psycopg2 for the Python that has boto3, as an environment: the one that is installed, or Debian's
 * package unpacked into a folder of its own. Where neither can be had there is none.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, temporaryFolder } from "./vault-process.ts";

type Environment = Readonly<Record<string, string>>;

export function pythonPostgresDriver(): Environment | undefined {
  if (hasDriver({})) return {};
  const folder = temporaryFolder("psycopg2");
  const words = ["download", "--quiet", "python3-psycopg2", "libpq5"];
  if (spawnSync("apt-get", words, { cwd: folder }).status !== 0) return undefined;
  for (const archive of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
    if (spawnSync("dpkg", ["-x", archive, "."], { cwd: folder }).status !== 0) return undefined;
  }
  const libraries = join(folder, "usr/lib");
  const unpacked = {
    PYTHONPATH: join(libraries, "python3/dist-packages"),
    // Debian names the folder after the machine's kind.
    LD_LIBRARY_PATH: readdirSync(libraries)
      .filter((name) => name.endsWith("-linux-gnu"))
      .map((name) => join(libraries, name))
      .join(":"),
  };
  // It is built for Debian's own Python, which needn't be the one that is found here.
  return hasDriver(unpacked) ? unpacked : undefined;
}

function hasDriver(environment: Environment): boolean {
  const env = { ...cleanEnvironment(), ...environment };
  return spawnSync("python3", ["-c", "import psycopg2"], { env }).status === 0;
}
