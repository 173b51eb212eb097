/** The console without values: whatever is logged, in whatever object, is masked as it is printed. */
import { Console } from "node:console";
import { Writable } from "node:stream";
import { redact } from "./redact.ts";

/** From now on `console` prints masked text; the function that it returns undoes that. */
export function redactConsole(): () => void {
  const masking = new Console({
    stdout: maskingStream(process.stdout),
    stderr: maskingStream(process.stderr),
  });
  const own = { ...console };
  Object.assign(console, masking);
  return () => {
    Object.assign(console, own);
  };
}

/** At once, line by line as the console writes, so that nothing is lost when the process exits. */
function maskingStream(stream: NodeJS.WriteStream): Writable {
  const masking = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      stream.write(redact(text));
      done();
    },
  });
  // Colours as the terminal has them.
  return Object.assign(masking, {
    isTTY: stream.isTTY,
    getColorDepth: () => (stream.isTTY ? stream.getColorDepth() : 1),
  });
}
