/** Tells of a parameter and of its next value, and has nothing more to do then but listen. */
import { createSecrets } from "@claviger/client";

const token = createSecrets().parameter(process.argv[2] ?? "");
process.stdout.write(`${(await token.get()).reveal()}\n`);
// The feed keeps no process alive, so until it has told of something this does.
const alive = setInterval(() => {}, 1000);
token.onChange((_, next) => {
  process.stdout.write(`${next.reveal()}\n`);
  clearInterval(alive);
});
