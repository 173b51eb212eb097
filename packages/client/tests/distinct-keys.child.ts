/** Asks for ever new names; prints what the heap holds after a quarter of them, and after all. */
import { createSecrets } from "@claviger/client";

const names = Number(process.argv[2]);
const atOnce = 100;
const secrets = createSecrets({ maxEntries: 500 });

async function read(from: number, to: number): Promise<number> {
  for (let next = from; next < to; next += atOnce) {
    const some = Array.from({ length: atOnce }, (_, at) => next + at);
    const read = some.map(async (number) => {
      const isMissing = number % 4 === 0;
      const reference = secrets.parameter(`/${isMissing ? "missing" : "there"}/${number}`);
      const outcome = await reference.get().catch((error: { code?: string }) => error.code);
      const isRight = isMissing ? outcome === "NotFound" : typeof outcome === "object";
      if (!isRight) throw new Error(`${reference.name}: ${outcome}`);
    });
    await Promise.all(read);
  }
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const firstBytes = await read(0, names / 4);
const lastBytes = await read(names / 4, names);
process.stdout.write(JSON.stringify({ firstBytes, lastBytes }));
