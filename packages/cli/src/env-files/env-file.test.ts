import { describe, expect, test } from "vitest";
import { CommandFailure } from "../failure.ts";
import { type Format, readEnvFile, withValues } from "./env-file.ts";

function pairs(text: string, name: string, format?: Format) {
  const { entries } = readEnvFile(Buffer.from(text), name, format);
  return entries.map(({ key, value }) => [key, value]);
}

describe("each format as its own reader has it", () => {
  test("a shell's words", () => {
    const text = [
      "set -a",
      "export A='it'\\''s' B=\"say \\\"hi\\\" $HOME\" # both",
      "C=a\\ b; D=$'tab\\there\\x21'",
      "E=$(cat file) F=`date`",
      'G="two',
      'lines"',
      "export A",
      "H=~/x",
      "I=x echo run",
      "J=(a b)",
      'declare -x K="k"',
    ].join("\n");
    const { entries, problems } = readEnvFile(Buffer.from(text), ".envrc");
    expect(entries.map(({ key, value }) => [key, value])).toEqual([
      ["A", "it's"],
      ["B", 'say "hi" $HOME'],
      ["C", "a b"],
      ["D", "tab\there!"],
      ["E", "$(cat file)"],
      ["F", "`date`"],
      ["G", "two\nlines"],
      ["H", "~/x"],
      ["K", "k"],
    ]);
    expect(
      entries.filter(({ expansion }) => expansion !== undefined).map(({ key }) => key),
    ).toEqual(["B", "E", "F", "H"]);
    expect(entries[0]).toMatchObject({ isExported: true, comment: "both" });
    expect(problems.map(({ line }) => line)).toEqual([1, 9, 10]);
  });

  test("what docker passes on", () => {
    const text = "# c\nA='quoted'\n  B= x # y \r\nPASSED\ntwo words=1\nC=\n";
    const file = readEnvFile(Buffer.from(text), "env.list");
    expect(file.entries.map(({ key, value }) => [key, value])).toEqual([
      ["A", "'quoted'"],
      ["B", " x # y "],
      ["C", ""],
    ]);
    expect(file.problems.map(({ line }) => line)).toEqual([2, 4, 5]);
  });

  test("what heroku prints", () => {
    const text = "A=plain\nB='a b'\nC=\"it's \\$5\\n\"\nD='C:\\\\new'\nE=\n";
    expect(pairs(text, "config.txt")).toEqual([
      ["A", "plain"],
      ["B", "a b"],
      ["C", "it's $5\n"],
      ["D", "C:\\new"],
      ["E", ""],
    ]);
  });

  test("JSON's numbers to the last digit, and paths", () => {
    const text = '{"A": "x\\u0041", "n": 12345678901234567890, "s": {"k": true, "l": [null, "y"]}}';
    expect(pairs(text, "config.json")).toEqual([
      ["A", "xA"],
      ["n", "12345678901234567890"],
      ["s.k", "true"],
      ["s.l.0", ""],
      ["s.l.1", "y"],
    ]);
  });

  test("YAML's scalars as they are written", () => {
    const text =
      "A: 08 # octal?\nB: yes\nC: ~\nD: |\n  two\n  lines\nE: &x 'it''s'\nF: *x\nG:\n  h: !custom 1\n";
    const file = readEnvFile(Buffer.from(text), "config.yaml");
    expect(file.entries.map(({ key, value }) => [key, value])).toEqual([
      ["A", "08"],
      ["B", "yes"],
      ["C", ""],
      ["D", "two\nlines\n"],
      ["E", "it's"],
      ["F", "it's"],
      ["G.h", "1"],
    ]);
    expect(file.entries[0]?.comment).toBe("octal?");
    expect(file.entries[5]?.expansion).toBe("*x");
    expect(file.problems).toHaveLength(1);
  });
});

describe("the format", () => {
  test.each<[string, string, Format]>([
    [".env", "A: 1", "dotenv"],
    ["config/.env.production", '{"A":1}', "dotenv"],
    ["secrets.yml", "A: 1", "yaml"],
    ["secrets.json", "{}", "json"],
    ["env.list", "A='1'", "docker"],
    [".envrc", "A=1", "shell"],
    ["setup.sh", "A=1", "shell"],
    ["standard input", ' {"A": "1"}', "json"],
    ["standard input", "A: 1\nB: 2", "yaml"],
    ["standard input", "# c\nA=1\nB: 2", "dotenv"],
    ["standard input", "#!/bin/sh\nA=1", "shell"],
    ["standard input", "export A='it'\\''s'", "shell"],
    ["standard input", 'declare -x A="1"', "shell"],
    ["standard input", "A='b c'\nB=1", "heroku"],
    ["standard input", "A='b'\nB=1", "dotenv"],
  ])("of %s with %s", (name, text, format) => {
    expect(readEnvFile(Buffer.from(text), name).format).toBe(format);
  });
});

describe("what isn't such a file is refused by its name, without what stands in it", () => {
  test.each<[string, Uint8Array, string]>([
    [".env", Buffer.from("A=1\nB=sk_\xe9\n", "latin1"), ".env is not UTF-8: line 2"],
    [".env", Buffer.from("\ufeffA=sk_1", "utf16le"), ".env is UTF-16"],
    [".env", Buffer.from("A=\0sk_1"), ".env is no text: a NUL stands at byte 3"],
    ["a.json", Buffer.from('{"A": "sk_1",}'), "a.json is not JSON"],
    ["a.json", Buffer.from('["sk_1"]'), "a.json is no map"],
    ["a.yaml", Buffer.from('A: 1\nB: "sk_1" sk_2\n'), "a.yaml is not YAML (line 2)"],
    ["a.yaml", Buffer.from("A: sk_1\n---\nB: 2\n"), "a.yaml holds several"],
    ["a.yaml", Buffer.from("- sk_1\n"), "a.yaml is no map"],
  ])("%s", (name, bytes, message) => {
    const failure = failureOf(() => readEnvFile(bytes, name));
    expect(failure.message).toContain(message);
    expect(failure.message + failure.hint).not.toContain("sk_");
  });
});

test("a value that no quoting can hold is refused, and named by its key", () => {
  const file = readEnvFile(Buffer.from("A=1\nB=2"), ".env");
  const [, entry] = file.entries;
  if (entry === undefined) throw new Error("there are two");
  const failure = failureOf(() => withValues(file, new Map([[entry, "sk_'\"`#"]])));
  expect(failure.message).toBe(".env: no dotenv file can hold the new value of B");
});

function failureOf(act: () => unknown): CommandFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

test.each([
  ["a.json", '{"KEY": "planted-value", ]'],
  ["b.json", '"planted-value"'],
  ["a.yaml", "KEY: 'planted-value\n"],
  ["b.yaml", "planted-value"],
  ["c.yaml", "KEY: planted-value\n---\nKEY: planted-value\n"],
  [".env", Buffer.from("KEY=planted-value\xe9", "latin1")],
  ["utf-16.env", Buffer.from("\ufeffKEY=planted-value", "utf16le")],
  ["nul.env", "KEY=planted-value\0"],
])("%s that can't be read is named, and nothing of it told", (name, content) => {
  const read = () => readEnvFile(Buffer.from(content), name);
  expect(read).toThrow(CommandFailure);
  expect(read).toThrow(name);
  expect(read).not.toThrow("planted");
});
