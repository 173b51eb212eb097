import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("..", import.meta.url));

test("nothing else colours", () => {
  const others = globSync("**/*.ts", { cwd: source }).filter(
    (path) =>
      !path.endsWith(".test.ts") &&
      /styleText|\\x1b\[\d*m|\\u001b/.test(readFileSync(source + path, "utf8")),
  );
  expect(others).toEqual(["terminal/colour.ts"]);
});

test.each([
  [{}, "text"],
  [{ FORCE_COLOR: "1" }, "\u001b[31mtext\u001b[39m"],
  [{ NO_COLOR: "1" }, "text"],
])("into a pipe, with %o", (variables, printed) => {
  const program = `import { coloured } from ${JSON.stringify(`${source}terminal/colour.ts`)}; process.stdout.write(coloured("red", "text"));`;
  const { PATH } = process.env;
  const { stdout } = spawnSync(
    process.execPath,
    ["--input-type=module-typescript", "-e", program],
    {
      env: { PATH, ...variables },
      encoding: "utf8",
    },
  );
  expect(stdout).toBe(printed);
});
