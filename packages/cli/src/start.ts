/**
 * Where the command begins: what V8 makes of its code is kept for the next time, which halves what a
 * `get` or a start of the vault takes. It lies among the installed packages, so that nobody can
 * write it who couldn't write the code itself; where that folder can't be written, nothing is kept.
 * https://nodejs.org/api/module.html#module-compile-cache
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const packages = new URL("../", import.meta.resolve("commander"));
enableCompileCache(fileURLToPath(new URL(".cache/claviger", packages)));
await import("./main.ts");
