import { type Command, CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { examples } from "./examples.ts";
import { programFor } from "./program.ts";

const program = await programFor("");
const leaves = leavesOf(program);

test("every command has examples, and nothing else has", () => {
  expect(Object.keys(examples).sort()).toEqual([...leaves.keys()].sort());
});

test("the help of a command ends with them", async () => {
  const get = (await programFor("get")).commands[0] as Command;
  let help = "";
  get.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  expect(help).toMatch(/\n\nExamples:\n {2}claviger get \/shop\/prod\/stripe\/key\n/);
});

describe.each(Object.entries(examples))("%s", (path, lines) => {
  test.each(lines)("%s", async (line) => {
    const words = wordsOf(line);
    expect(words.slice(0, path.split(" ").length).join(" ")).toBe(path);
    const command = leaves.get(path);
    let isReached = false;
    command?.action(() => {
      isReached = true;
    });
    await program.parseAsync(words, { from: "user" });
    expect(isReached).toBe(true);
  });
});

test("a word that is off would be seen", async () => {
  await expect(program.parseAsync(["get", "/a", "--stag", "x"], { from: "user" })).rejects.toThrow(
    CommanderError,
  );
});

function leavesOf(command: Command, path: readonly string[] = []): Map<string, Command> {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  if (command.commands.length === 0) return new Map([[path.join(" "), command]]);
  return new Map(command.commands.flatMap((each) => [...leavesOf(each, [...path, each.name()])]));
}

/** What a shell would give the command, of a line that may have more in it. */
function wordsOf(line: string): string[] {
  const [, own = ""] = /(?:^|[|(] *)claviger ([^|<>)]*)/.exec(line) ?? [];
  return (own.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) =>
    word.replace(/^(['"])(.*)\1$/, "$2"),
  );
}
