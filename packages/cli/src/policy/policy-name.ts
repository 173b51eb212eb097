/** The name of a generated inline policy: the same for the same purpose and targets. */
import { createHash } from "node:crypto";
import type { Target } from "./target.ts";

const lengthMax = 128;

/**
 * @example policyNameFor("read", [readTarget("ssm:/app/token")]) === "read-app.token"
 */
export function policyNameFor(purpose: string, targets: readonly Target[]): string {
  const names = targets.map(({ name, isPath }) => {
    const plain = name.replace(/^\//, "").replaceAll("/", ".");
    return isPath ? `${plain}.all` : plain;
  });
  const full = `${purpose}-${[...new Set(names)].sort().join("+")}`;
  if (full.length <= lengthMax) return full;
  const digest = createHash("sha256").update(full).digest("hex").slice(0, 8);
  return `${full.slice(0, lengthMax - 9)}-${digest}`;
}
