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
  for (const line of lines.slice(section.start + 1, section.end)) {
    const [, key, value = ""] = assignment.exec(line) ?? [];
    if (key === name) return value.trim();
  }
  return undefined;
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
  const added = Object.entries(settings).map(([name, value]) => `${name} = ${value}${lineEnd}`);
  const lines = linesOf(text);
  const section = sectionOf(lines, header);
  if (section === undefined) {
    const before = text === "" || /\n$/.test(text) ? text : `${text}${lineEnd}`;
    const gap = before === "" ? "" : lineEnd;
    return `${before}${gap}[${header}]${lineEnd}${added.join("")}`;
  }
  const gone = new Set([...Object.keys(settings), ...dropped]);
  const head = lines[section.start] ?? "";
  return [
    ...lines.slice(0, section.start),
    /\n$/.test(head) ? head : `${head}${lineEnd}`,
    ...added,
    ...withoutSettings(lines.slice(section.start + 1, section.end), gone),
    ...lines.slice(section.end),
  ].join("");
}

/** How the configuration file names a profile; the credentials file has its bare name. */
export function configHeader(profile: string): string {
  return profile === "default" ? "default" : `profile ${profile}`;
}

const assignment = /^([^\s=#;[][^=]*?)\s*=(.*)$/s;

/** A setting may go on in indented lines below it; they go with it. */
function withoutSettings(lines: readonly string[], gone: ReadonlySet<string>): string[] {
  let isDropping = false;
  return lines.filter((line) => {
    const [, name] = assignment.exec(line) ?? [];
    if (name !== undefined) isDropping = gone.has(name);
    else if (!/^[ \t]+\S/.test(line)) isDropping = false;
    return !isDropping;
  });
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
