/**
 * The shared config and credentials files of AWS's tools, as far as a reader of secrets needs them.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings by name; of a nested block "secrets_manager.endpoint_url". */
export type Section = Readonly<Record<string, string>>;

export interface SharedFiles {
  /** Of both files: what the credentials file says goes before. */
  profile(name: string): Section | undefined;
  /** `[services NAME]` of the config file. */
  services(name: string): Section | undefined;
}

export function profileName(environment: Environment): string {
  return environment.AWS_PROFILE || "default";
}

/** Read anew each time, for files change while a service runs. A file that isn't there is empty. */
export function readSharedFiles(environment: Environment): SharedFiles {
  const home = environment.HOME || environment.USERPROFILE || homedir();
  const read = (setting: string | undefined, name: string) =>
    sectionsIn(textOf(setting?.replace(/^~(?=\/)/, home) || join(home, ".aws", name)));
  const config = read(environment.AWS_CONFIG_FILE, "config");
  const credentials = read(environment.AWS_SHARED_CREDENTIALS_FILE, "credentials");
  return {
    profile(name) {
      const configured =
        config.get(`profile ${name}`) ?? (name === "default" ? config.get(name) : undefined);
      const kept = credentials.get(name);
      return configured || kept ? { ...configured, ...kept } : undefined;
    },
    services: (name) => config.get(`services ${name}`),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function sectionsIn(text: string): Map<string, Section> {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> | undefined;
  let block = "";
  for (const line of text.split(/\r?\n/)) {
    // A comment begins a line, or follows a blank.
    const stated = line.split(/(?:^|\s)[;#]/, 1)[0]?.trim() ?? "";
    const heading = /^\[(.+)\]$/.exec(stated)?.[1];
    if (heading !== undefined) {
      const name = nameIn(heading);
      section = sections.get(name) ?? Object.create(null);
      sections.set(name, section as Record<string, string>);
      block = "";
      continue;
    }
    const [, key, value] = /^([^=]+?)\s*=\s*(.*)$/.exec(stated) ?? [];
    if (section === undefined || key === undefined || value === undefined) continue;
    const isNested = /^\s/.test(line) && block !== "";
    if (isNested) section[`${block}.${key}`] = value;
    else if (value === "") block = key;
    else {
      block = "";
      section[key] = value;
    }
  }
  return sections;
}

/** `profile "of mine"` is `profile of mine`. */
function nameIn(heading: string): string {
  const [, kind, quoted] = /^(\w+)\s+(.+)$/.exec(heading.trim()) ?? [];
  if (kind === undefined || quoted === undefined) return heading.trim();
  return `${kind} ${quoted.replace(/^(["'])(.*)\1$/, "$2")}`;
}
