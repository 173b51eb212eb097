/**
 * Loaded into a server before its own code (`--import`, with the folder to write to as the query's
 * `to`): SIGUSR2 begins a CPU profile of the main thread, the next one ends it and writes it.
 */
import { renameSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";

const to = new URL(import.meta.url).searchParams.get("to");
if (isMainThread && to !== null) {
  let session: Session | undefined;
  let written = 0;
  process.on("SIGUSR2", async () => {
    if (session === undefined) {
      session = new Session();
      session.connect();
      await session.post("Profiler.enable");
      await session.post("Profiler.setSamplingInterval", { interval: 250 });
      await session.post("Profiler.start");
      return;
    }
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    session = undefined;
    const file = join(to, `${++written}.cpuprofile`);
    writeFileSync(`${file}.part`, JSON.stringify(profile));
    renameSync(`${file}.part`, file);
  });
}
