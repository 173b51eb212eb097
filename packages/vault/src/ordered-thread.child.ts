/** A thread that doesn't start: it refuses with its database locked, or ends without a word. */
import { DatabaseSync } from "node:sqlite";
import { serveThread } from "./ordered-thread.ts";

serveThread(({ path }: { path: string | undefined }) => {
  if (path === undefined) process.exit(1);
  const database = new DatabaseSync(path);
  database.exec("BEGIN EXCLUSIVE");
  throw new Error("refused");
});
