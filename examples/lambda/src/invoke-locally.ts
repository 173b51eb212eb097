/**
 * Runs the function here as Lambda would, once, with the environment that it is given:
 * `node examples/lambda/src/invoke-locally.ts '{"time":"2026-12-31T02:00:00Z"}'`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startRuntimeApi } from "./runtime-api.ts";

const api = await startRuntimeApi();
const runtime = fileURLToPath(new URL("runtime.ts", import.meta.url));
const child = spawn(process.execPath, ["--conditions=@claviger/source", runtime], {
  env: { ...process.env, AWS_LAMBDA_RUNTIME_API: api.host },
  stdio: "inherit",
});
const outcome = await api.invoke(JSON.parse(process.argv[2] ?? "{}"));
process.stdout.write(`${JSON.stringify(outcome)}\n`);
if ("failed" in outcome) process.exitCode = 1;
const gone = once(child, "exit");
child.kill();
await Promise.all([gone, api.close()]);
