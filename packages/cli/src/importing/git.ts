/**
 * What git knows of a file: whether it is tracked or ignored, and which of its values ever were
 * committed, on any branch, under any earlier name. Git gets no value: what it has is read and
 * compared here. Without git, or outside of a repository, there is nothing to say.
 */
import { execFile } from "node:child_process";
import { basename, dirname } from "node:path";

export interface Commit {
  readonly id: string;
  readonly date: string;
}

export interface GitFindings {
  readonly isTracked: boolean;
  readonly isIgnored: boolean;
  /** The commits that brought each value in, newest first, by the variable. */
  readonly leaks: ReadonlyMap<string, readonly Commit[]>;
  /** What could not be looked at, in words. */
  readonly notes: readonly string[];
}

/** How a value may stand in a file: as it is, and as it is quoted now. By the variable. */
export type Spellings = ReadonlyMap<string, readonly string[]>;

/** undefined without a repository. */
export async function askGit(path: string, values: Spellings): Promise<GitFindings | undefined> {
  const git = gitIn(dirname(path));
  const name = basename(path);
  const found = await git(["rev-parse", "--is-inside-work-tree"]);
  if (found.isMissing || /not a git repository/.test(found.complaint)) return undefined;
  if (found.status !== 0 || !found.bytes.toString().startsWith("true")) {
    const notes = ["git refuses to look at this repository: git status says why"];
    return { isTracked: false, isIgnored: false, leaks: new Map(), notes };
  }
  const [tracked, ignored, history] = await Promise.all([
    git([...literal, "ls-files", "--error-unmatch", "--", name]),
    git(["check-ignore", "--quiet", "--", `./${name}`]),
    historyOf(git, name),
  ]);
  const contents = await contentsOf(git, [...history.commits.keys()]);
  return {
    isTracked: tracked.status === 0,
    isIgnored: ignored.status === 0,
    leaks: leaksIn(history.commits, contents, values),
    notes: history.isWhole && contents !== undefined ? [] : ["git's history is too long to read"],
  };
}

interface Answer {
  readonly status: number | undefined;
  readonly bytes: Buffer;
  readonly complaint: string;
  readonly isMissing: boolean;
}

type Git = (words: readonly string[], input?: string) => Promise<Answer>;

const millisecondsMax = 20_000;
const bytesMax = 64 * 1024 * 1024;

/** So that names are no patterns. */
const literal = ["--literal-pathspecs"];

/**
 * Nothing is written, fetched or run, and nobody is asked. A git hook's variables name its own
 * repository, which need not be this one.
 */
function gitIn(cwd: string): Git {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_COMMON_DIR, ...inherited } = process.env;
  const env = {
    ...inherited,
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
  };
  const options = { cwd, env, timeout: millisecondsMax, maxBuffer: bytesMax };
  const always = ["--no-pager", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false"];
  return (words, input = "") =>
    new Promise((resolve) => {
      const child = execFile(
        "git",
        [...always, ...words],
        { ...options, encoding: "buffer" },
        (error, bytes, complaint) => {
          const status = error === null ? 0 : error.code;
          resolve({
            status: typeof status === "number" ? status : undefined,
            bytes,
            complaint: complaint.toString(),
            isMissing: error?.code === "ENOENT",
          });
        },
      );
      // What ends before it has read all of its input tells so by its status.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
}

type Commits = ReadonlyMap<string, readonly Commit[]>;

/**
 * Of each content that the file ever had, the commits that gave it: under its name on all branches
 * and in the reflog, and from here back through its earlier names.
 */
async function historyOf(git: Git, name: string): Promise<{ commits: Commits; isWhole: boolean }> {
  const raw = ["--raw", "--no-abbrev", "--no-ext-diff", "--format=%x00%H %as"];
  const asked = [
    [...literal, "log", "--all", "--reflog", "--full-history", "-m", ...raw, "--", name],
    [...literal, "log", "--follow", ...raw, "--", name],
  ];
  const commits = new Map<string, Commit[]>();
  let isWhole = true;
  for (const words of asked) {
    const { status, bytes } = await git(words);
    // A repository without a commit has no log, which is no reason to doubt.
    if (status === undefined) isWhole = false;
    for (const [content, commit] of readLog(bytes.toString())) {
      const known = commits.get(content) ?? [];
      if (!known.some(({ id }) => id === commit.id)) commits.set(content, [...known, commit]);
    }
  }
  return { commits, isWhole };
}

const nothing = /^0+$/;

/** `NUL commit date`, then a line for each file: `:mode mode before after kind TAB names`. */
function readLog(text: string): [content: string, commit: Commit][] {
  return text.split("\0").flatMap((block) => {
    const [head = "", ...lines] = block.split("\n");
    const [id = "", date = ""] = head.split(" ");
    return lines
      .map((line) => /^:\d+ \d+ \w+ (\w+) /.exec(line)?.[1])
      .filter((content) => content !== undefined && !nothing.test(content))
      .map((content) => [content ?? "", { id, date }] satisfies [string, Commit]);
  });
}

/** By their ids; undefined where they are too much. */
async function contentsOf(
  git: Git,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const contents = new Map<string, Buffer>();
  if (ids.length === 0) return contents;
  const { status, bytes } = await git(["cat-file", "--batch"], `${ids.join("\n")}\n`);
  if (status !== 0) return undefined;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf("\n", at);
    const [id = "", , size] = bytes.subarray(at, end).toString().split(" ");
    at = end + 1;
    // What is missing, as in a shallow clone, has a line and no content.
    if (size === undefined) continue;
    contents.set(id, bytes.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return contents;
}

function leaksIn(
  commits: Commits,
  contents: ReadonlyMap<string, Buffer> = new Map(),
  values: Spellings,
): ReadonlyMap<string, readonly Commit[]> {
  const leaks = new Map<string, readonly Commit[]>();
  for (const [variable, spellings] of values) {
    const found = [...contents]
      .filter(([, content]) => spellings.some((each) => content.includes(each)))
      .flatMap(([id]) => commits.get(id) ?? []);
    if (found.length > 0) leaks.set(variable, newestFirst(found));
  }
  return leaks;
}

function newestFirst(commits: readonly Commit[]): readonly Commit[] {
  const unique = [...new Map(commits.map((commit) => [commit.id, commit])).values()];
  return unique.toSorted((one, other) => other.date.localeCompare(one.date));
}
