/**
 * `redact` for a stream, such as a child's output: a value split over chunks, be it amid a
 * character, is masked as if it came at once. Bytes that are no text pass unharmed.
 */
import { Transform } from "node:stream";
import { currentMask } from "./seen-values.ts";
import { StreamMasking } from "./stream-masking.ts";

/** `child.stdout.pipe(redactStream()).pipe(process.stdout)` */
export function redactStream(): Transform {
  // One character a byte, so that no chunk ends amid one.
  const masking = new StreamMasking(currentMask);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(masking.next(chunk.toString("latin1")), "latin1"));
    },
    flush(done) {
      done(null, Buffer.from(masking.last(), "latin1"));
    },
  });
}
