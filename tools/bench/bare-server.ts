/**
 * The bare limit: a `node:http` server that reads a request's body and answers with fixed bytes.
 * Run with the body and the header list as JSON in its first argument; prints its URL.
 */
import { createServer } from "node:http";

const { body, headers }: { body: string; headers: Record<string, string> } = JSON.parse(
  process.argv[2] ?? "{}",
);
const bytes = Buffer.from(body);
const sent = { ...headers, "Content-Length": String(bytes.length) };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    response.writeHead(200, sent);
    response.end(bytes);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") {
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
  }
});
process.on("SIGTERM", () => process.exit(0));
