import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askGit } from "./git.ts";
import { askAboutAll } from "./history.ts";
import { planOf } from "./plan.ts";
import { readSources } from "./source.ts";

const isGitThere = spawnSync("git", ["--version"]).status === 0;
const key = "planted-in-the-history";

describe.skipIf(!isGitThere)("git", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "claviger-git-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function git(...words: string[]): string {
    const who = ["-c", "user.name=ada", "-c", "user.email=ada@example.com"];
    return execFileSync("git", [...who, ...words], { cwd: folder, encoding: "utf8" }).trim();
  }
  function write(name: string, text: string): void {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  /** Returns its id. */
  function commit(name: string, text: string): string {
    write(name, text);
    git("add", "--force", name);
    git("commit", "--quiet", "--message", "change");
    return git("rev-parse", "HEAD");
  }
  const ask = (name = ".env") => askGit(join(folder, name), new Map([["KEY", [key, `"${key}"`]]]));
  const commits = async (name?: string) => (await ask(name))?.leaks.get("KEY")?.map(({ id }) => id);

  test("has nothing to say outside of a repository", async () => {
    write(".env", key);
    expect(await ask()).toBeUndefined();
  });

  test("is asked of the file's own repository, though a hook's is in the environment", async () => {
    git("init", "--quiet");
    const id = commit(".env", `KEY=${key}\n`);
    const other = mkdtempSync(join(tmpdir(), "claviger-git-"));
    execFileSync("git", ["init", "--quiet", other]);
    process.env.GIT_DIR = join(other, ".git");
    try {
      expect(await commits()).toEqual([id]);
    } finally {
      delete process.env.GIT_DIR;
      rmSync(other, { recursive: true });
    }
  });

  test("knows a short password by its variable, and no other that has it in its value", async () => {
    git("init", "--quiet");
    const id = commit(".env", "ADMIN_PASSWORD='hunter2'\n");
    commit(".env", "OTHER=hunter2\n");
    write(".env", "ADMIN_PASSWORD='hunter2'\nOTHER_PASSWORD=hunter2\n");
    const source = await readSources([join(folder, ".env")]);
    const { items } = planOf(source, { app: "shop", environment: "production", store: "ssm" });
    const [[, found] = []] = await askAboutAll(source, items);
    expect([...(found?.leaks ?? [])]).toEqual([
      ["ADMIN_PASSWORD", [expect.objectContaining({ id })]],
    ]);
  });

  test("runs nothing that the repository names", async () => {
    git("init", "--quiet");
    const id = commit(".env", `KEY=${key}\n`);
    const [, tree = ""] = /tree (\w+)/.exec(git("cat-file", "-p", id)) ?? [];
    const person = "a <a> 1 +0000";
    const signature = ["BEGIN", "END"].map((word) => `-----${word} PGP SIGNATURE-----`).join("\n ");
    write(
      "signed",
      `tree ${tree}\nauthor ${person}\ncommitter ${person}\ngpgsig ${signature}\n\nx\n`,
    );
    git("update-ref", "refs/heads/signed", git("hash-object", "-t", "commit", "-w", "signed"));
    const marker = join(folder, "was-run");
    write("program", `#!/bin/sh\ntouch ${marker}\n`);
    chmodSync(join(folder, "program"), 0o755);
    for (const name of ["gpg.program", "core.fsmonitor", "core.pager", "diff.external"]) {
      git("config", name, join(folder, "program"));
    }
    git("config", "log.showSignature", "true");
    await ask();
    expect(existsSync(marker)).toBe(false);
  });

  test("knows what is tracked, ignored or neither, in a repository without a commit too", async () => {
    git("init", "--quiet");
    write(".env", key);
    expect(await ask()).toEqual({
      isTracked: false,
      isIgnored: false,
      leaks: new Map(),
      notes: [],
    });
    write(".gitignore", ".env\n");
    expect(await ask()).toMatchObject({ isTracked: false, isIgnored: true });
    git("add", "--force", ".env");
    expect(await ask()).toMatchObject({ isTracked: true });
  });

  test("names the commits that brought a key, not those that left it", async () => {
    git("init", "--quiet");
    commit(".env", "KEY=before");
    const first = commit(".env", `KEY=${key}`);
    commit(".env", "KEY=after");
    const again = commit(".env", `OTHER=1\nKEY=${key}`);
    git("rm", "--quiet", "--cached", ".env");
    git("commit", "--quiet", "--message", "gone");
    expect((await commits())?.toSorted()).toEqual([first, again].toSorted());
  });

  test("finds what is on another branch, or was amended away", async () => {
    git("init", "--quiet", "--initial-branch", "main");
    commit("README", "hello");
    git("checkout", "--quiet", "-b", "old");
    const onBranch = commit(".env", `KEY=${key}`);
    git("checkout", "--quiet", "main");
    write(".env", `KEY=${key}`);
    expect(await commits()).toEqual([onBranch]);
    git("branch", "--quiet", "-D", "old");
    expect(await commits()).toEqual([onBranch]);
  });

  test("finds what came under an earlier name", async () => {
    git("init", "--quiet");
    const text = "# a line that stays\n# and another one\nPORT=80\n";
    const first = commit("settings.env", `${text}KEY=${key}\n`);
    git("mv", "settings.env", ".env");
    commit(".env", `${text}KEY=after\n`);
    expect(await commits()).toEqual([first]);
  });

  test("takes a name for a name", async () => {
    git("init", "--quiet");
    commit(".env", `KEY=${key}`);
    write("[.]env", `KEY=${key}`);
    expect(await commits("[.]env")).toBeUndefined();
    const odd = commit("sub folder/ä*.env", `KEY="${key}"`);
    expect(await commits("sub folder/ä*.env")).toEqual([odd]);
  });
});
