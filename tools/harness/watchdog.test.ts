import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { startWatchdog } from "./watchdog.ts";

test("what is watched ends with the process that started it, however that goes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "claviger-watchdog-"));
  const watchdog = new URL("watchdog.ts", import.meta.url).href;
  const program = `
    import { spawn } from "node:child_process";
    import { startWatchdog } from "${watchdog}";
    const server = spawn("sleep", ["60"], { detached: true });
    startWatchdog("${folder}", "SIGTERM").watch(server.pid);
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
  const [printed] = await once(starter.stdout, "data");
  const server = Number(String(printed));
  expect(process.kill(server, 0)).toBe(true);

  starter.kill("SIGKILL");
  while (existsSync(folder)) await sleep(20);
  expect(() => process.kill(server, 0)).toThrow("ESRCH");
});

test("it ends when asked, and kills what ignores the signal", async () => {
  const folder = mkdtempSync(join(tmpdir(), "claviger-watchdog-"));
  const server = spawn("sh", ["-c", "trap '' TERM; echo ready; sleep 60 & wait; wait"]);
  await once(server.stdout, "data");
  const watchdog = startWatchdog(folder, "SIGTERM");
  watchdog.watch(server.pid ?? 0);
  await watchdog.end();
  expect(server.signalCode ?? (await once(server, "exit"))[1]).toBe("SIGKILL");
  expect(existsSync(folder)).toBe(false);
});
