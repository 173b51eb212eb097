/**
 * The file of `claviger server --rotators`: what rotators.json says of the provider's tokens, at the
 * address that the stand-in has this time.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Rotators {
  readonly types: Readonly<Record<string, object>>;
}

/** `more`: of every type, as `sites`. */
export function rotatorsAt(providerUrl: string, more: object = {}): Rotators {
  const path = fileURLToPath(new URL("../rotators.json", import.meta.url));
  const { types }: Rotators = JSON.parse(readFileSync(path, "utf8"));
  const placed = Object.entries(types).map(
    ([name, type]) => [name, { ...type, baseUrl: providerUrl, ...more }] as const,
  );
  return { types: Object.fromEntries(placed) };
}

export function writeRotatorsFile(path: string, providerUrl: string): void {
  writeFileSync(path, JSON.stringify(rotatorsAt(providerUrl)));
}
