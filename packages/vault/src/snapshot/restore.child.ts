/** The process that the tests of restores kill half way and starve of room. */
import { restore } from "./restore.ts";

const [mode, path = "", directory = ""] = process.argv.slice(2);

/** Says so when the first records are there, and stays. */
function stayHalfWay(): Promise<void> {
  process.stdout.write("half way\n");
  return new Promise(() => setInterval(() => {}, 1000));
}

const onProgress = mode === "stay-half-way" ? stayHalfWay : () => {};
await restore(path, { type: "folder", directory }, onProgress).catch((error) => {
  process.stdout.write(`refused: ${error.message}\n`);
});
// What was left open would be found now, and end the process.
for (let round = 0; round < 3; round++) {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
process.stdout.write("still here\n");
