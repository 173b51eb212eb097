/**
 * Writes docs/reference from the declarations themselves: operations from their input shapes,
 * configuration from the settings, metrics from their families, commands from their help. `--check` fails on a difference.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { programFor } from "../packages/cli/src/program.ts";
import { services } from "../packages/vault/src/compose.ts";
import { type Family, families } from "../packages/vault/src/metrics/families.ts";
import { type Setting, settings } from "../packages/vault/src/settings.ts";
import { operationsSections } from "./aws-model/operations-page.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = await programFor("");
const pages: Readonly<Record<string, string>> = {
  "operations.md": operationsPage(),
  "configuration.md": configurationPage(),
  "metrics.md": metricsPage(),
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
  return page(
    "Operations",
    "Every operation the vault answers, with every member of its input as AWS's model has it; `tools/aws-model` holds the models' names, and a test holds that none of them is ignored. A required member is **bold**; members inside of a member stand in parentheses. A refused member's error names it and says why. Members that AWS does not have are ignored, as AWS does.",
    operationsSections(services),
  );
}

function metricsPage(): string {
  const rows = Object.values<Family>(families).map(
    ({ name, type, labels, says }) =>
      `| ${code(name)} | ${type} | ${labels.join(", ")} | ${says} |`,
  );
  return page(
    "Metrics",
    "What `GET /metrics` answers, in Prometheus' text format. Like `/health` it needs no signature and is no request of the trail: serve the vault beyond loopback only where whoever reaches it may read these. No label holds a secret's name, an ARN, an account or a principal. Histograms have `_bucket`, `_sum` and `_count`; an operation appears with its first request.",
    ["| metric | type | labels | what |", "|---|---|---|---|", ...rows].join("\n"),
  );
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
  const sections = all(program).map((command) => {
    const words = [command.name()];
    for (let above = command.parent; above; above = above.parent) words.unshift(above.name());
    return `## ${words.join(" ")}\n\n\`\`\`\n${helpOf(command)}\n\`\`\``;
  });
  return page("Commands", "What each command says of itself with `--help`.", sections.join("\n\n"));
}

type Command = typeof program;

/** The whole before its parts. */
function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap((each) => all(each))];
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return help.trimEnd();
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
