/**
 * `claviger server` whose rotator host was started by somebody else, who stands in between:
 * vault.child.ts HOST_URL HOST_TOKEN, and then the server's flags. With SIGUSR2 a minute passes.
 */
import { parseArgs } from "node:util";
import { readConfiguration, startServer, untilSignalled } from "@claviger/vault";
import { MovableClock } from "@claviger/vault/testing";

const [url = "", token = "", ...words] = process.argv.slice(2);
const flag = { type: "string" } as const;
const options = { port: flag, data: flag, rotators: flag };
const { values } = parseArgs({ args: words, options });
const clock = new MovableClock();
process.on("SIGUSR2", () => clock.advance(60_000));
const vault = await startServer(readConfiguration(values, process.env), {
  clock,
  startRotatorHost: async () => ({ url, token, close: async () => {} }),
});
await untilSignalled(vault);
