/** The process that the tests of the embedded database kill, starve and let go. */
import { spawnSync } from "node:child_process";
import { type Change, type Storage, table } from "../storage.ts";
import { openSqliteStorage } from "./sqlite-storage.ts";

const [mode, directory = ""] = process.argv.slice(2);
const storage = await openSqliteStorage({ directory });

/** A pair of rows that belong together. */
function pair(key: string, body: unknown): Change[] {
  return (["secrets", "roles"] as const).map((name) => ({
    type: "put",
    table: table(name),
    key,
    body,
  }));
}

async function writeUntilKilled(writer: number): Promise<void> {
  for (let number = 0; ; number++) {
    const key = `w${writer}-${number}`;
    await storage.commit(pair(key, { filling: "x".repeat(number % 5000) }));
    process.stdout.write(`${key}\n`);
  }
}

async function fillTheDisk(filled: Storage): Promise<void> {
  const key = (number: number) => `k${number}`;
  const filling = "x".repeat(20_000);
  let number = 0;
  let refusal: unknown;
  while (refusal === undefined) {
    await filled.commit(pair(key(number), { filling })).then(
      () => number++,
      (error) => {
        refusal = error;
      },
    );
  }
  console.log(`refused: ${(refusal as Error).name}`);
  console.log(`read: ${(await filled.get(table("secrets"), key(0))) !== undefined}`);
  spawnSync("prlimit", ["--pid", String(process.pid), "--fsize=unlimited:unlimited"]);
  await filled.commit(pair("after", {}));
  console.log(`recovered: ${(await filled.get(table("roles"), "after")) !== undefined}`);
  console.log(`half-written: ${(await filled.get(table("secrets"), key(number))) !== undefined}`);
  await filled.close();
}

if (mode === "write-until-killed") {
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(writeUntilKilled));
} else if (mode === "fill-the-disk") {
  await fillTheDisk(storage);
} else {
  await storage.commit(pair("a", {}));
  console.log("committed");
}
