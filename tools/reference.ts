/**
 * Writes docs/reference from the declarations themselves: operations from their input shapes,
 * configuration from the settings, commands from their help. `--check` fails on a difference.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { services } from "../packages/vault/src/compose.ts";
import type { AnyOperation } from "../packages/vault/src/operations/operation.ts";
import { type Setting, settings } from "../packages/vault/src/settings.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages: Readonly<Record<string, string>> = {
  "operations.md": operationsPage(),
  "configuration.md": configurationPage(),
  "commands.md": commandsPage(),
};

const isCheck = process.argv.includes("--check");
for (const [name, text] of Object.entries(pages)) {
  const path = `${root}docs/reference/${name}`;
  if (!isCheck) {
    writeFileSync(path, text);
  } else if (readOrEmpty(path) !== text) {
    process.stderr.write(`error: docs/reference/${name} is out of date\n`);
    process.stderr.write("hint: npm run reference writes it\n");
    process.exitCode = 1;
  }
}

function operationsPage(): string {
  const sections = services.map(({ name, version, operations }) => {
    const rows = [...operations].sort((a, b) => a.name.localeCompare(b.name)).map(operationRow);
    return [
      `## ${name} (${version})`,
      "",
      "| operation | members it takes | members it refuses, and why |",
      "|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return page(
    "Operations",
    "Every operation the vault answers. A required member is **bold**. A refused member gets a ValidationException that names it; members that AWS does not have are ignored, as AWS does.",
    sections.join("\n\n"),
  );
}

function operationRow({ name, input, refusal: why }: AnyOperation): string {
  const members = Object.entries(input.members ?? {});
  const taken = members
    .filter(([, { refusal }]) => refusal === undefined)
    .map(([member, { isRequired }]) => (isRequired ? `**${member}**` : member));
  const refused = members
    .filter(([, { refusal }]) => refusal !== undefined)
    .map(([member, { refusal }]) => `${member}: ${refusal}`);
  if (why !== undefined) refused.unshift(`always refused: ${why}`);
  return `| ${name} | ${taken.join(", ") || "none"} | ${refused.join("; ")} |`;
}

function configurationPage(): string {
  const rows = Object.values<Setting>(settings).map(
    ({ flag, variable, placeholder, default: preset, says }) =>
      `| ${flag === undefined ? "" : code(`--${flag}${placeholder ? ` ${placeholder}` : ""}`)} | ${code(variable)} | ${preset === undefined ? "" : code(preset)} | ${says} |`,
  );
  return page(
    "Configuration",
    "Settings of `claviger server`. A flag beats its variable.",
    ["| flag | variable | default | what |", "|---|---|---|---|", ...rows].join("\n"),
  );
}

function commandsPage(): string {
  const help = (...words: string[]) =>
    execFileSync(`${root}packages/cli/bin/claviger`, [...words, "--help"], {
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", COLUMNS: "100" },
    }).trimEnd();
  const commands = [...help().matchAll(/^ {2}(\w+) .*\S {2,}/gm)].map(([, word = ""]) => word);
  const sections = [[], ...commands.map((word) => [word])].map(
    (words) => `## ${["claviger", ...words].join(" ")}\n\n\`\`\`\n${help(...words)}\n\`\`\``,
  );
  return page("Commands", "What each command says of itself with `--help`.", sections.join("\n\n"));
}

function page(title: string, lead: string, body: string): string {
  return `<!-- Written by tools/reference.ts: change the declarations, then npm run reference. -->\n\n# ${title}\n\n${lead}\n\n${body}\n`;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
