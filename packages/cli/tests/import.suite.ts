/**
 * `claviger import` as it is typed, with a project whose keys look live. The same against the vault
 * and against AWS's APIs as another project has them.
 */
import { existsSync, linkSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { type Parameter, SSM } from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { cleanEnvironment, temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type LeakyProject, makeLeakyProject } from "./leaky-project.fixture.ts";
import { refuseWrites } from "./refusing-proxy.fixture.ts";
import { typeHere } from "./typed-here.fixture.ts";

const three = ".env worker/.env settings.json";

export function importing(environment: () => Readonly<Record<string, string>>): void {
  const ssm = () => new SSM(clientConfiguration(environment()));
  const secretsManager = () => new SecretsManager(clientConfiguration(environment()));

  /** Each test has an application of its own. */
  const newProject = (app: string) => ({ app, ...makeLeakyProject(temporaryFolder(app), app) });
  type Project = ReturnType<typeof newProject>;

  async function run({ folder, keys }: LeakyProject, words: string, over = {}) {
    const own = process.cwd();
    process.chdir(folder);
    const { stdout, stderr, status } = await typeHere(["import", ...words.split(" ")], {
      environment: { ...cleanEnvironment(), ...environment(), NO_COLOR: "1", ...over },
    }).finally(() => process.chdir(own));
    for (const value of Object.values(keys)) {
      expect(stdout).not.toContain(value);
      expect(stderr).not.toContain(value);
    }
    return { stdout, stderr, status };
  }
  const importAll = (project: Project, flags = "", over = {}) =>
    run(project, `${three} --app ${project.app} --env production --yes ${flags}`.trim(), over);

  async function parameters(app: string): Promise<Map<string, Parameter>> {
    const found = new Map<string, Parameter>();
    let NextToken: string | undefined;
    do {
      const asked = { Path: `/${app}/`, Recursive: true, WithDecryption: true, NextToken };
      const page = await ssm().getParametersByPath(asked);
      for (const each of page.Parameters ?? []) {
        found.set(each.Name?.slice(`/${app}/production/`.length) ?? "", each);
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return found;
  }

  /** What a file must be: as it was, but with these references. */
  function withReferences({ files, keys }: Project, path: string, places: Record<string, string>) {
    return Object.entries(places).reduce(
      (content, [value, reference]) => content.replace(keys[value] ?? value, reference),
      files[path] ?? "",
    );
  }

  test("14 keys of three files are in, and the files hold references in their places", async () => {
    const project = newProject("whole");
    const seen = await importAll(project, "--owner payments --replace");
    expect(seen.stderr).toBe(
      "19 new, 0 changed, 0 unchanged; each was read back.\n" +
        ".env holds references now.\nworker/.env holds references now.\n" +
        "settings.json holds references now.\n",
    );
    expect(seen.status).toBe(0);
    const held = await parameters("whole");
    const secrets = [...held.values()].filter(({ Type }) => Type === "SecureString");
    const values = secrets.map(({ Value }) => Value);
    expect(values.toSorted()).toEqual(Object.values(project.keys).toSorted());
    expect(held.get("stripe/api_key")?.Value).toBe(project.keys.STRIPE_KEY);
    expect(held.get("config/port")).toMatchObject({ Value: "8080", Type: "String" });
    const { TagList } = await ssm().listTagsForResource({
      ResourceType: "Parameter",
      ResourceId: "/whole/production/stripe/api_key",
    });
    const tags = Object.fromEntries(TagList?.map(({ Key, Value }) => [Key, Value]) ?? []);
    expect(tags).toEqual({ app: "whole", environment: "production", owner: "payments" });
    const place = (name: string) => `ssm:/whole/production/${name}`;
    expect(readFileSync(join(project.folder, "worker/.env"), "utf8")).toBe(
      withReferences(project, "worker/.env", {
        info: place("config/log_level"),
        GITHUB_TOKEN: place("github/token"),
        "eu-central-1": place("s3/region"),
        S3_ACCESS_KEY_ID: place("aws/access_key_id"),
        S3_SECRET_ACCESS_KEY: place("aws/secret_access_key"),
        SLACK_BOT_TOKEN: place("slack/token"),
      }),
    );
    expect(statSync(join(project.folder, ".env")).mode & 0o777).toBe(0o640);
    const left = readFileSync(join(project.folder, ".env"), "utf8");
    expect(left).toContain(`export STRIPE_KEY=${place("stripe/api_key")}   # the live one\n`);

    const again = await importAll(project, "--replace");
    expect(again).toMatchObject({ status: 0, stderr: "" });
    expect(again.stdout).toContain("a reference already");
    expect(again.stdout).toContain("There is nothing to import.");
  });

  test("the same again changes nothing, and what changed is a new version", async () => {
    const project = newProject("twice");
    await importAll(project);
    const second = await importAll(project, "--owner ada");
    expect(second.stderr).toMatch(/^0 new, 0 changed, 19 unchanged, 19 of them with a new owner;/);
    const { TagList } = await ssm().listTagsForResource({
      ResourceType: "Parameter",
      ResourceId: "/twice/production/config/port",
    });
    expect(TagList).toContainEqual({ Key: "owner", Value: "ada" });
    writeFileSync(join(project.folder, ".env"), `SESSION_SECRET=${"q7Rt2LmX9bVz4KpW"}\n`);
    const third = await importAll(project);
    expect(third.stderr).toMatch(/^0 new, 1 changed, 11 unchanged/);
    expect(third.stdout).toMatch(/SESSION_SECRET .* SecureString +changed\n/);
    const versions = [...(await parameters("twice"))].map(([name, { Version }]) => [name, Version]);
    expect(versions.filter(([, version]) => version !== 1)).toEqual([["session/secret", 2]]);
  });

  test("what is refused holds up nothing else, and what is throttled goes on", async () => {
    const project = newProject("refused");
    const made = { Name: "/refused/production/redis/url", Value: "meanwhile" };
    const proxy = await refuseWrites(environment().AWS_ENDPOINT_URL ?? "", async (write) => {
      // More than the SDK's own attempts.
      if (write.number <= 13) return "ThrottlingException";
      if (write.name === made.Name) await ssm().putParameter({ ...made, Type: "String" });
      return /postgres|slack/.test(write.name) ? "AccessDeniedException" : undefined;
    });
    const seen = await importAll(project, "--replace", { AWS_ENDPOINT_URL: proxy.url });
    await proxy.stop();
    expect(seen.status).toBe(1);
    for (const sentence of [
      /^error: 16 of 19 are in; /,
      "; ssm:/refused/production/postgres/url, ssm:/refused/production/slack/token are not: " +
        "AccessDeniedException: 1 validation error: '(the value)' is not to our taste",
      "; ssm:/refused/production/redis/url is not: somebody else made it meanwhile",
      "\nhint: the files are as they were, and the same command again goes on from here\n",
    ]) {
      expect(seen.stderr).toMatch(sentence);
    }
    const held = await parameters("refused");
    expect([held.size, held.get("redis/url")?.Value]).toEqual([17, made.Value]);
    expect(readFileSync(join(project.folder, ".env"), "utf8")).toBe(project.files[".env"]);
  });

  test("a store that goes away half-way is told once, and the same command goes on", async () => {
    const project = newProject("half");
    const proxy = await refuseWrites(environment().AWS_ENDPOINT_URL ?? "", ({ number }) =>
      number > 5 ? "cut" : undefined,
    );
    writeFileSync(join(project.folder, ".env.claviger-new"), "of a death before\n");
    const first = await importAll(project, "--replace", { AWS_ENDPOINT_URL: proxy.url });
    await proxy.stop();
    expect(first.status).toBe(1);
    expect(first.stderr).toMatch(
      /^error: 5 of 19 are in; ssm:\S+( ssm:\S+){0,3} (is|are) not: nothing answers at \S+ \(AWS_ENDPOINT_URL\): \w+\nhint: the files are as they were, and the same command again goes on from here\n$/,
    );
    expect((await parameters("half")).size).toBe(5);
    expect(readFileSync(join(project.folder, ".env"), "utf8")).toBe(project.files[".env"]);
    expect(existsSync(join(project.folder, ".env.claviger-new"))).toBe(false);
    const second = await importAll(project, "--replace");
    expect(second.stderr).toMatch(/^14 new, 0 changed, 5 unchanged/);
    const held = await parameters("half");
    expect([...held.values()].every(({ Version }) => Version === 1)).toBe(true);
    expect(held.size).toBe(19);
  });

  test("what is another application's, or was put there by hand, takes a word to overwrite", async () => {
    const [one, other] = [newProject("first-app"), newProject("second-app")];
    const asSecrets = "--env shared --to secretsmanager --yes";
    const secret = async () =>
      JSON.parse(
        (await secretsManager().getSecretValue({ SecretId: "shared/stripe/api" })).SecretString ??
          "",
      );
    const SecretId = "shared/sendgrid/api";
    await secretsManager().createSecret({ Name: SecretId, SecretString: '{"key":"by hand"}' });
    writeFileSync(join(one.folder, ".env"), `STRIPE_KEY=${one.keys.STRIPE_KEY}\nPORT=80\n`);
    expect(await run(one, `.env --app first ${asSecrets}`)).toMatchObject({ status: 0 });
    writeFileSync(
      join(other.folder, ".env"),
      `STRIPE_KEY=${other.keys.STRIPE_KEY}\nMAIL=${other.keys.SENDGRID_API_KEY}\nPORT=80\n`,
    );
    const refused = await run(other, `.env --app second ${asSecrets}`);
    expect(refused.stdout).toMatch(/STRIPE_KEY .* secretsmanager:shared.* conflict\n/);
    expect(refused.stdout).toContain(
      "STRIPE_KEY: secretsmanager:shared/stripe/api#key holds another value, of the application first\n",
    );
    expect(refused).toMatchObject({
      status: 1,
      stderr:
        "error: another value stands at secretsmanager:shared/stripe/api#key, " +
        "secretsmanager:shared/sendgrid/api#key, and was not put there for this application\n" +
        "hint: --overwrite writes over it; --to ssm keeps applications apart, by their names\n",
    });
    expect(await secret()).toEqual({ key: one.keys.STRIPE_KEY });
    const over = await run(other, `.env --app second ${asSecrets} --overwrite`);
    expect(over.stderr).toMatch(/^1 new, 2 changed, 0 unchanged/);
    expect(await secret()).toEqual({ key: other.keys.STRIPE_KEY });
    const { Tags } = await secretsManager().describeSecret({ SecretId });
    expect(Tags).toContainEqual({ Key: "app", Value: "second" });
  });

  test("as secrets, keys of one kind are fields of one", async () => {
    const project = newProject("grouped");
    const words = "--app grouped --env grouped --to secretsmanager --yes";
    await secretsManager().createSecret({ Name: "grouped/stripe/api", SecretString: '{"id":7}' });
    const seen = await run(project, `${three} ${words} --owner payments --replace`);
    expect(seen.stderr).toMatch(/^19 new, 0 changed, 0 unchanged/);
    expect(seen.stdout).toMatch(/On AWS \$5\.20 a month: 13 secrets at \$0\.40, 5 standard/);
    const secret = async (SecretId: string) =>
      JSON.parse((await secretsManager().getSecretValue({ SecretId })).SecretString ?? "");
    expect(await secret("grouped/stripe/api")).toEqual({ id: 7, key: project.keys.STRIPE_KEY });
    expect(await secret("grouped/aws/access_key")).toEqual({
      id: project.keys.S3_ACCESS_KEY_ID,
      secret: project.keys.S3_SECRET_ACCESS_KEY,
    });
    const { Versions = [] } = await secretsManager().listSecretVersionIds({
      SecretId: "grouped/aws/access_key",
      IncludeDeprecated: true,
    });
    expect(Versions).toHaveLength(1);
    const file = readFileSync(join(project.folder, ".env"), "utf8");
    expect(file).toContain("DATABASE_URL='secretsmanager:grouped/postgres/credentials#url'\n");
    expect(file).toContain("PORT=ssm:/grouped/grouped/config/port\n");
  });

  test("the same value elsewhere is told, by its names", async () => {
    const project = newProject("same");
    const { STRIPE_KEY: Value = "", GITHUB_TOKEN: text = "" } = project.keys;
    await ssm().putParameter({ Name: "/other/of/the/same", Value, Type: "SecureString" });
    await secretsManager().createSecret({
      Name: "other/same",
      SecretString: JSON.stringify({ n: 1, text }),
    });
    const { stdout } = await importAll(project);
    expect(stdout).toContain(
      "note: .env:4 STRIPE_KEY: the same value is at ssm:/other/of/the/same\n",
    );
    expect(stdout).toContain(
      "note: worker/.env:3 GITHUB_TOKEN: the same value is at secretsmanager:other/same#text\n",
    );
  });

  describe("nothing is written", () => {
    const untouched = async (project: Project) => {
      expect((await parameters(project.app)).size).toBe(0);
      for (const [path, text] of Object.entries(project.files)) {
        expect(readFileSync(join(project.folder, path), "utf8")).toBe(text);
      }
    };

    test("by --dry-run, which is data too", async () => {
      const project = newProject("dry");
      const seen = await run(
        project,
        `${three} --app dry --env production --replace --dry-run --format json`,
      );
      expect(seen).toMatchObject({ status: 0, stderr: "" });
      const { lines, leftAlone, cost, ...rest } = JSON.parse(seen.stdout);
      expect(rest).toMatchObject({ app: "dry", owner: null, isDryRun: true, replaced: [] });
      expect(lines).toHaveLength(19);
      expect(lines).toContainEqual({
        file: ".env",
        line: 4,
        variable: "STRIPE_KEY",
        what: "Stripe secret key",
        why: "the shape of a Stripe secret key",
        isSecret: true,
        isDoubtful: false,
        provider: "stripe",
        mode: "live",
        warnings: [],
        reference: "ssm:/dry/production/stripe/api_key",
        state: "new",
        sameAs: [],
      });
      expect(leftAlone).toEqual([{ file: ".env", line: 11, variable: "SENTRY_DSN", why: "empty" }]);
      expect(cost).toMatchObject({ dollarsPerMonth: 0, standardParameters: 19 });
      await untouched(project);
    });

    test("without a yes, nor a terminal to give one at", async () => {
      const project = newProject("unasked");
      const seen = await run(project, `${three} --app unasked --env production --replace`);
      expect(seen.stdout).toMatch(/^LINE +VARIABLE +WHAT IT IS +GOES TO +AS +STATE\n/);
      expect(seen).toMatchObject({
        status: 1,
        stderr:
          "error: there is no terminal to confirm at\nhint: read the above, then give --yes\n",
      });
      await untouched(project);
    });

    test("where a file could not be replaced afterwards", async () => {
      const project = newProject("linked");
      linkSync(join(project.folder, ".env"), join(project.folder, "also"));
      const seen = await importAll(project, "--replace");
      expect(seen.stderr).toMatch(/^error: \.env has 2 names \(hard links\)/);
      await untouched(project);
    });
  });

  test("what stood in the clear is encrypted, and what is large is advanced", async () => {
    const project = newProject("clear");
    const Name = "/clear/production/stripe/api_key";
    const { STRIPE_KEY: Value = "" } = project.keys;
    await ssm().putParameter({ Name, Value, Type: "String" });
    writeFileSync(
      join(project.folder, "settings.json"),
      JSON.stringify({ TLS_KEY: "planted line\n".repeat(400) }),
    );
    const seen = await importAll(project);
    expect(seen.stderr).toMatch(/^14 new, 1 changed, 0 unchanged/);
    expect(seen.stdout).toContain("On AWS $0.05 a month: 1 advanced parameter at $0.05, 14 st");
    expect((await parameters("clear")).get("stripe/api_key")?.Type).toBe("SecureString");
    const { Parameters } = await ssm().describeParameters({
      ParameterFilters: [{ Key: "Name", Values: ["/clear/production/tls/key"] }],
    });
    expect(Parameters).toMatchObject([{ Tier: "Advanced", Type: "SecureString" }]);
  });
}
