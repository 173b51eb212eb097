/**
 * Profiles in the text of an AWS configuration file. What is not ours keeps every byte: comments,
 * order, blank lines and line ends.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */

/** The settings of a profile of ours, by their names in the file. */
export type ProfileSettings = Readonly<Record<string, string>>;

interface Section {
  /** Of its header. */
  readonly start: number;
  /** After its last line, where the next header stands or the file ends. */
  readonly end: number;
}

/** Whether the file has this profile. `header` is how it names it: see `configHeader`. */
export function hasSection(text: string, header: string): boolean {
  return sectionOf(linesOf(text), header) !== undefined;
}

/** A setting of a profile; undefined where it or the profile isn't there. */
export function settingOf(text: string, header: string, name: string): string | undefined {
  const lines = linesOf(text);
  const section = sectionOf(lines, header);
  if (section === undefined) return undefined;
  const found = settingsOf(lines.slice(section.start + 1, section.end));
  return found.findLast((each) => each.name === name)?.value;
}

/**
 * The text with these settings in the profile, which is made at the end where it isn't there. Of
 * one that is, the settings named in `dropped` go and all other lines stay.
 */
export function withSettings(
  text: string,
  header: string,
  settings: ProfileSettings,
  dropped: readonly string[] = [],
): string {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const added = (before: string) =>
    Object.entries(settings).map(([name, value]) => `${before}${name} = ${value}${lineEnd}`);
  const lines = linesOf(text);
  const section = sectionOf(lines, header);
  if (section === undefined) {
    const before = text === "" || /\n$/.test(text) ? text : `${text}${lineEnd}`;
    const gap = before === "" ? "" : lineEnd;
    return `${before}${gap}[${header}]${lineEnd}${added("").join("")}`;
  }
  const gone = new Set([...Object.keys(settings), ...dropped]);
  const head = lines[section.start] ?? "";
  const its = lines.slice(section.start + 1, section.end);
  const known = settingsOf(its);
  const droppedLines = new Set(
    known.filter(({ name }) => gone.has(name)).flatMap((each) => each.lines),
  );
  // Indented as what is there, which would else be taken for more of the last one.
  const indent = Math.max(0, ...known.map((each) => each.indent));
  return [
    ...lines.slice(0, section.start),
    /\n$/.test(head) ? head : `${head}${lineEnd}`,
    ...added(" ".repeat(indent)),
    ...its.filter((_, at) => !droppedLines.has(at)),
    ...lines.slice(section.end),
  ].join("");
}

/** How the configuration file names a profile; the credentials file has its bare name. */
export function configHeader(profile: string): string {
  return profile === "default" ? "default" : `profile ${profile}`;
}

interface Setting {
  /** In small letters: botocore takes no other difference for one. */
  readonly name: string;
  readonly value: string;
  /** How far it is indented. */
  readonly indent: number;
  /** The lines that go with it: its own, and those it goes on in. */
  readonly lines: number[];
}

/** botocore takes a colon as well, and refuses the whole file where a setting is there twice. */
const assignment = /^\s*([^\s=:#;[][^=:]*?)\s*[=:](.*)$/s;

/**
 * As botocore reads them, and every SDK what is written usually: a setting goes on in the lines
 * that are indented more than it is, whatever is blank or a comment between them.
 */
function settingsOf(lines: readonly string[]): Setting[] {
  const found: Setting[] = [];
  lines.forEach((line, at) => {
    if (/^\s*([#;]|$)/.test(line)) return;
    const indent = line.length - line.trimStart().length;
    const last = found.at(-1);
    if (last !== undefined && indent > last.indent) {
      last.lines.push(at);
      return;
    }
    const [, name, value = ""] = assignment.exec(line) ?? [];
    if (name === undefined) return;
    found.push({ name: name.toLowerCase(), value: value.trim(), indent, lines: [at] });
  });
  return found;
}

/** Each with its line end. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sectionOf(lines: readonly string[], header: string): Section | undefined {
  const start = lines.findIndex((line) => headerOf(line) === header);
  if (start === -1) return undefined;
  const next = lines.findIndex((line, at) => at > start && headerOf(line) !== undefined);
  return { start, end: next === -1 ? lines.length : next };
}

/** Spaces and quotes in a header count for nothing. */
function headerOf(line: string): string | undefined {
  const [, words] = /^\s*\[([^\]]*)\]/.exec(line) ?? [];
  return words?.replaceAll(/["']/g, "").trim().split(/\s+/).join(" ");
}
