/**
 * A thread that does badly: it refuses with its database locked, ends without a word, or stands still
 * until it is let go on.
 */
import { DatabaseSync } from "node:sqlite";
import { serveThread } from "./ordered-thread.ts";

export type Options =
  | { readonly does: "refuses"; readonly path: string }
  | { readonly does: "ends" }
  | { readonly does: "stands still"; readonly gate: Int32Array };

serveThread((options: Options) => {
  if (options.does === "ends") process.exit(1);
  if (options.does === "refuses") {
    new DatabaseSync(options.path).exec("BEGIN EXCLUSIVE");
    throw new Error("refused");
  }
  return {
    answer(question: number): number {
      Atomics.wait(options.gate, 0, 0);
      return question;
    },
    close() {},
  };
});
