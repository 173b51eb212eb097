/**
 * The host's process: says where it listens in one line of JSON, and ends once its standard input
 * closes, which happens however the one who started it ends.
 */
import { readFileSync } from "node:fs";
import { startRotatorHost } from "./host.ts";

const { CLAVIGER_ROTATOR_TOKEN: token, CLAVIGER_ROTATORS: file } = process.env;
if (!token) {
  console.error("error: CLAVIGER_ROTATOR_TOKEN must hold the token that requests will carry");
  process.exit(1);
}
// Nothing that a rotator loads is to find it there.
delete process.env.CLAVIGER_ROTATOR_TOKEN;

const { types, endpoints } = file ? JSON.parse(readFileSync(file, "utf8")) : {};
const host = await startRotatorHost({ token, types, endpoints }).catch(({ message }: Error) => {
  console.error(`error: the rotators can't be started: ${message}`);
  return process.exit(1);
});
console.log(JSON.stringify({ url: host.url }));
// What is under way may end in order; whoever doesn't want to wait kills us.
process.stdin.resume().on("end", () => void host.close());
