/** `npm run example:weather`: all three start, do what is said to try, and end together. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

test("starts vault, provider and service, says what to try, and leaves nothing behind", async () => {
  const script = fileURLToPath(new URL("../src/start-all.ts", import.meta.url));
  const all = spawn(process.execPath, ["--conditions=@claviger/source", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void all.kill("SIGINT"));
  let said = "";
  for await (const text of all.stdout.setEncoding("utf8")) {
    said += text;
    if (said.includes("Ctrl-C")) break;
  }
  const [weather = ""] = said.match(/http:\S+\/weather\?city=Sydney/) ?? [];
  const [data = ""] = said.match(/(?<=--data )\S+(?=\)")/) ?? [];
  expect(existsSync(data)).toBe(true);
  const answer = await fetch(weather);
  expect(await answer.json()).toMatchObject({ city: "Sydney", temperatureCelsius: 23.8 });
  expect(said).not.toMatch(/wx_|AKIA/);

  const words = ["rotate", "secretsmanager:weatherproject/apiToken", "--format", "json"];
  expect(JSON.parse(await runs(data, words))).toMatchObject({ phase: "overlap" });
  expect((await fetch(weather.replace("Sydney", "Oslo"))).status).toBe(200);

  const gone = once(all, "exit");
  all.kill("SIGINT");
  expect(await gone).toEqual([0, null]);
  expect(existsSync(data)).toBe(false);
  await expect(fetch(weather)).rejects.toThrow();
});

/** What `claviger` prints, pointed at the vault as the reader is told to point a shell at it. */
async function runs(data: string, words: readonly string[]): Promise<string> {
  const claviger = fileURLToPath(new URL("../../../node_modules/.bin/claviger", import.meta.url));
  const run = async (words: readonly string[], env = {}) =>
    (await promisify(execFile)(claviger, words, { env: { ...process.env, ...env } })).stdout;
  const environment = JSON.parse(await run(["env", "--data", data, "--format", "json"]));
  return run(words, environment);
}
