/** The rotators' process as `claviger server` starts it. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "../../../tools/harness/eventually.ts";
import { type RotatorHost, rotatorHosts } from "../src/rotation/rotator-host.ts";

const hosts: RotatorHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

async function types({ url, token }: Pick<RotatorHost, "url" | "token">): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${url}/types`, { headers })).status;
}

/** Of this process: the tests of a file run one after the other. */
function hostProcess(): number {
  return Number(execFileSync("pgrep", ["-P", String(process.pid), "-f", "rotators/src/start"]));
}

test("starts once for all who ask, answers to its token alone, and ends when it is closed", async () => {
  const start = rotatorHosts(undefined);
  const [host, same] = await Promise.all([start(), start()]);
  hosts.push(host);
  expect(same.url).toBe(host.url);
  expect(await types(host)).toBe(200);
  expect(await types({ url: host.url, token: "guessed" })).toBe(403);
  await host.close();
  await expect(types(host)).rejects.toThrow();
});

test("is started again when it is needed after it died", async () => {
  const start = rotatorHosts(undefined);
  const first = await start();
  process.kill(hostProcess(), "SIGKILL");
  const second = await eventually(async () => {
    const asked = await start();
    expect(asked.url).not.toBe(first.url);
    return asked;
  });
  hosts.push(second);
  expect(await types(second)).toBe(200);
});

test.skipIf(!existsSync("/proc/self/environ"))("gets nothing of the vault's settings", async () => {
  vi.stubEnv("CLAVIGER_ROOT_SECRET_ACCESS_KEY", "planted");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "planted");
  hosts.push(await rotatorHosts(undefined)());
  const names = readFileSync(`/proc/${hostProcess()}/environ`, "utf8")
    .split("\0")
    .map((each) => each.split("=")[0]);
  expect(names).toContain("CLAVIGER_ROTATOR_TOKEN");
  expect(names.filter((name) => /CLAVIGER|AWS/.test(name ?? ""))).toEqual([
    "CLAVIGER_ROTATOR_TOKEN",
  ]);
  vi.unstubAllEnvs();
});

test("ends with the one who started it, even a killed one", async () => {
  const file = new URL("../src/rotation/rotator-host.ts", import.meta.url);
  const program = `
    const { rotatorHosts } = await import(${JSON.stringify(file.href)});
    console.log(JSON.stringify(await rotatorHosts(undefined)()));
    setInterval(() => {}, 1000);`;
  const words = ["--conditions=@claviger/source", "--input-type=module", "-e", program];
  const starter = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await once(starter.stdout, "data");
  const host = JSON.parse(String(printed));
  expect(await types(host)).toBe(200);
  starter.kill("SIGKILL");
  await eventually(() => expect(types(host)).rejects.toThrow());
});
