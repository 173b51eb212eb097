/** `@claviger/client/redaction`: text, streams and the console without the values that were seen. */
export { shortestMasked } from "./encodings.ts";
export { redact } from "./redact.ts";
export { redactConsole } from "./redact-console.ts";
export { redactStream } from "./redact-stream.ts";
export { remember } from "./seen-values.ts";
