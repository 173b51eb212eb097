/** The forms in which variables leave for elsewhere: one text each, for programs to read. */
import { randomBytes } from "node:crypto";
import { exportLines } from "../export-lines.ts";
import { CommandFailure } from "../failure.ts";
import { spelledIn } from "./env-file.ts";

export type Variables = ReadonlyMap<string, string>;

export function asShell(variables: Variables): string {
  return lines(exportLines(Object.fromEntries(variables)));
}

/** Throws, naming the variable, where no quoting of dotenv's can hold its value. */
export function asDotenv(variables: Variables): string {
  return lines([...variables].map(([name, value]) => `${name}=${dotenvValue(name, value)}`));
}

export function asJson(variables: Variables): string {
  return `${JSON.stringify(Object.fromEntries(variables), undefined, 2)}\n`;
}

export function asYaml(variables: Variables): string {
  if (variables.size === 0) return "{}\n";
  return lines([...variables].map(([name, value]) => `${name}:${spelledIn("yaml", value)}`));
}

/**
 * A Secret, for `kubectl apply -f -`:
 * https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
 */
export function asKubernetesSecret(name: string, variables: Variables): string {
  const data = [...variables].map(
    // In quotes, as base64 may be all digits.
    ([key, value]) => `  ${key}: "${Buffer.from(value, "utf8").toString("base64")}"`,
  );
  const head = ["apiVersion: v1", "kind: Secret", "metadata:", `  name: "${name}"`];
  return lines([
    ...head,
    "type: Opaque",
    ...(data.length === 0 ? ["data: {}"] : ["data:", ...data]),
  ]);
}

/** For a workflow's log: from there on the runner shows `***` in the place of the value. */
export function githubMasks(values: Iterable<string>): string {
  const distinct = [...new Set(values)].filter((value) => value.trim() !== "");
  return lines(distinct.map((value) => `::add-mask::${commandData(value)}`));
}

/** For the file at GITHUB_ENV: between lines that the value can't contain, whatever it holds. */
export function githubVariables(variables: Variables): string {
  return lines(
    [...variables].map(([name, value]) => {
      const end = `claviger_${randomBytes(16).toString("hex")}`;
      return `${name}<<${end}\n${value}\n${end}`;
    }),
  );
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
function commandData(value: string): string {
  return value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function dotenvValue(name: string, value: string): string {
  const spelled = spelledIn("dotenv", value);
  if (spelled !== undefined) return spelled;
  throw new CommandFailure(
    `no quoting of a dotenv file can hold the value of ${name}`,
    "give --format json, yaml or shell",
  );
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
