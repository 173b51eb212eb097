import { spawnSync } from "node:child_process";
import { parse } from "dotenv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import {
  asDotenv,
  asJson,
  asKubernetesSecret,
  asShell,
  asYaml,
  githubMasks,
  githubVariables,
} from "./exported.ts";

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/);
const text = fc.oneof(
  fc.constantFrom("", "it's", 'say "hi"', "a\nb\n", "C:\\new", "${HOME} $(id) `id`", "# no", " x "),
  fc.string({ unit: "grapheme" }).map((each) => each.replaceAll("\0", "")),
);
const variables = fc
  .array(fc.tuple(name, text), { maxLength: 5 })
  .map((entries) => new Map(entries));

test("JSON, YAML and Kubernetes have every value as it is", () => {
  fc.assert(
    fc.property(variables, (given) => {
      const object = Object.fromEntries(given);
      expect(JSON.parse(asJson(given))).toEqual(object);
      expect(parseYaml(asYaml(given))).toEqual(object);
      const { metadata, data } = parseYaml(asKubernetesSecret("shop.v1", given));
      expect(metadata).toEqual({ name: "shop.v1" });
      const texts = Object.entries(data).map(([key, encoded]) => [
        key,
        Buffer.from(String(encoded), "base64").toString(),
      ]);
      expect(Object.fromEntries(texts)).toEqual(object);
    }),
  );
});

test("dotenv has every value as it is, or names the variable that it can't hold", () => {
  fc.assert(
    fc.property(variables, (given) => {
      let printed: string;
      try {
        printed = asDotenv(given);
      } catch (error) {
        expect(String(error)).toMatch(/can hold the value of [A-Z_]/);
        return;
      }
      expect(parse(printed)).toEqual(Object.fromEntries(given));
    }),
  );
  expect(() => asDotenv(new Map([["KEY", "'\"`#"]]))).toThrow("the value of KEY");
});

test("a shell has every value as it is, and runs nothing", () => {
  const given = fc.sample(text, 200).map((each, index) => [`V${index}`, each] as const);
  const script = `${asShell(new Map(given))}${given.map(([each]) => `printf '%s\\0' "$${each}"\n`).join("")}`;
  const { stdout } = spawnSync("sh", ["-s"], { input: script, encoding: "utf8" });
  expect(stdout.split("\0").slice(0, -1)).toEqual(given.map(([, each]) => each));
});

/** As the runner reads the file at GITHUB_ENV. */
function asRunner(file: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = file.split("\n");
  for (let at = 0; at < lines.length - 1; at++) {
    const [key = "", end = ""] = (lines[at] ?? "").split("<<");
    const close = lines.indexOf(end, at + 1);
    found[key] = lines.slice(at + 1, close).join("\n");
    at = close;
  }
  return found;
}

test("GitHub's runner reads every value as it is", () => {
  fc.assert(
    fc.property(variables, (given) => {
      expect(asRunner(githubVariables(given))).toEqual(Object.fromEntries(given));
    }),
  );
});

test("GitHub's runner is told each value once, in one line, and no blank one", () => {
  expect(githubMasks(["one", "one", "", "  ", "a\r\n50%"])).toBe(
    "::add-mask::one\n::add-mask::a%0D%0A50%25\n",
  );
});

test("what YAML would take for a number or a word is a string to Kubernetes", () => {
  for (const name of ["null", "1e3", "on", "a"]) {
    // Its base64 is 0444.
    const { metadata, data } = parseYaml(asKubernetesSecret(name, new Map([["A", "\u04ce8"]])));
    expect([metadata.name, data.A]).toEqual([name, "0444"]);
  }
});
