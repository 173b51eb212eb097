/** `@claviger/client/redaction`: text, streams and the console without the values that were seen. */
export { redact } from "./redact.ts";
export { redactConsole } from "./redact-console.ts";
export { redactStream } from "./redact-stream.ts";
