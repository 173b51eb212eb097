/**
 * Variables and configuration files out of the stores, as people and pipelines ask for them. The
 * same against the vault and against AWS's APIs as another project has them.
 */
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { parse } from "dotenv";
import { beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type Type, typeAs } from "./typed-here.fixture.ts";

/** Begins every value, and must stand in no message. */
const planted = "sk_planted_";
const hard = `${planted}'"\`$HOME\n# two = lines\\`;

export function exporting(environment: () => Readonly<Record<string, string>>): void {
  const type = typeAs(environment);
  const claviger: Type = async (words, input) => {
    const seen = await type(words, input);
    expect(seen.stderr).not.toContain(planted);
    return seen;
  };
  let folder: string;

  beforeAll(async () => {
    folder = temporaryFolder("export");
    const ssm = new SSM(clientConfiguration(environment()));
    const secretsManager = new SecretsManager(clientConfiguration(environment()));
    const Type = "SecureString" as const;
    await ssm.putParameter({ Name: "/x/prod/stripe/api_key", Value: `${planted}1`, Type });
    await ssm.putParameter({ Name: "/x/prod/stripe/webhookSecret", Value: hard, Type });
    await ssm.putParameter({ Name: "/x/prod/config/port", Value: "8080", Type: "String" });
    await secretsManager.createSecret({
      Name: "prod/db",
      SecretString: JSON.stringify({ password: `${planted}2`, port: 5432, DB_URL: "db" }),
    });
    await secretsManager.createSecret({ Name: "prod/token", SecretString: `${planted}3` });
    await secretsManager.createSecret({ Name: "prod/bytes", SecretBinary: Buffer.from([0xff]) });
  });

  const ofPath = { PORT: "8080", STRIPE_API_KEY: `${planted}1`, STRIPE_WEBHOOK_SECRET: hard };

  describe("export", () => {
    test("gives what is below a path, each field, and single values", async () => {
      const words = "export /x/prod secretsmanager:prod/db secretsmanager:prod/token --format json";
      expect(JSON.parse((await claviger(words)).stdout)).toEqual({
        ...ofPath,
        DB_PASSWORD: `${planted}2`,
        DB_PORT: "5432",
        DB_URL: "db",
        TOKEN: `${planted}3`,
      });
    });

    test("gives one parameter, and one field", async () => {
      const { stdout } = await claviger(
        "export /x/prod/stripe/api_key secretsmanager:prod/db#password",
      );
      expect(parse(stdout)).toEqual({
        STRIPE_API_KEY: `${planted}1`,
        DB_PASSWORD: `${planted}2`,
      });
    });

    test("quotes values in each format so that they arrive", async () => {
      expect(parseYaml((await claviger("export /x/prod --format yaml")).stdout)).toEqual(ofPath);
      const { data } = parseYaml((await claviger("export /x/prod --format k8s --name x")).stdout);
      expect(Buffer.from(data.STRIPE_WEBHOOK_SECRET, "base64").toString()).toBe(hard);
      expect(await claviger("export /x/prod/stripe/webhookSecret")).toMatchObject({
        status: 1,
        stdout: "",
        stderr: expect.stringContaining("can hold the value of STRIPE_WEBHOOK_SECRET"),
      });
    });

    test("resolves the references of a file, between its plain values", async () => {
      const file = `${folder}/.env`;
      const lines = [
        "A=ssm:/x/prod/stripe/api_key",
        "B='secretsmanager:prod/db#password'",
        "C=c d",
      ];
      writeFileSync(file, lines.join("\n"));
      expect(parse((await claviger(`export --env-file ${file}`)).stdout)).toEqual({
        A: `${planted}1`,
        B: `${planted}2`,
        C: "c d",
      });
    });

    test("masks on GitHub what came from the vault, before it is set", async () => {
      const variables = `${folder}/github-env`;
      writeFileSync(variables, "BEFORE=1\n");
      writeFileSync(`${folder}/.env.github`, "A=ssm:/x/prod/stripe/webhookSecret\nB=plain\n");
      const onGithub = typeAs(() => ({ ...environment(), GITHUB_ENV: variables }));
      const words = `export --env-file ${folder}/.env.github --format github`;
      const { stdout, status } = await onGithub(words);
      expect(status).toBe(0);
      expect(stdout).toBe(`::add-mask::${hard.replace("\n", "%0A")}\n`);
      expect(readFileSync(variables, "utf8")).toMatch(
        /^BEFORE=1\nA<<(claviger_\w+)\n[\s\S]+\n\1\nB<<(claviger_\w+)\nplain\n\2\n$/,
      );
      expect(readFileSync(variables, "utf8")).toContain(`\n${hard}\n`);
    });

    test("names all that can't be read, and prints nothing", async () => {
      const words = "export /x/prod/none secretsmanager:prod/none#a secretsmanager:prod/db#none";
      expect(await claviger(words)).toMatchObject({ status: 1, stdout: "" });
      writeFileSync(
        `${folder}/.env.none`,
        "A=ssm:/x/none\nB=secretsmanager:prod/none\nC='secretsmanager:prod/db#no'\nD=ssm:/x/prod/config/port\nE=secretsmanager:prod/bytes\n",
      );
      expect(await claviger(`export --env-file ${folder}/.env.none`)).toMatchObject({
        status: 1,
        stdout: "",
        stderr:
          "error: 4 of 5 can't be read: ssm:/x/none, secretsmanager:prod/none: no such secret or parameter; " +
          "secretsmanager:prod/db#no: no such field; secretsmanager:prod/bytes: binary, and no text\n" +
          "hint: see what there is in us-east-1: claviger list\n",
      });
    });

    test("takes what is named twice once, and gives no name to two values", async () => {
      const twice = await claviger("export /x/prod/config/port /x/prod/config/port");
      expect(twice).toMatchObject({ status: 0, stdout: "PORT=8080\n" });
      writeFileSync(`${folder}/.env.port`, "# mine\nPORT=1\n");
      expect(await claviger(`export /x/prod --env-file ${folder}/.env.port`)).toMatchObject({
        status: 1,
        stdout: "",
        stderr: expect.stringContaining(
          `error: ssm:/x/prod/config/port and ${folder}/.env.port, line 2 would both be PORT\n`,
        ),
      });
    });
  });

  describe("template", () => {
    const text =
      "a: claviger(ssm:/x/prod/stripe/api_key)\r\nb: 'claviger(secretsmanager:prod/db#port)'\n";
    const full = `a: ${planted}1\r\nb: '5432'\n`;

    test("fills references in, to standard output or for the owner alone", async () => {
      expect((await claviger("template -", text)).stdout).toBe(full);
      const [template, out, link] = ["t.yaml", "out.yaml", "link"].map(
        (each) => `${folder}/${each}`,
      );
      writeFileSync(template ?? "", text);
      writeFileSync(out ?? "", "old");
      chmodSync(out ?? "", 0o644);
      symlinkSync(out ?? "", link ?? "");
      expect(await claviger(`template ${template} --out ${link}`)).toMatchObject({
        status: 0,
        stdout: "",
      });
      expect(readFileSync(out ?? "", "utf8")).toBe(full);
      expect(statSync(out ?? "").mode & 0o777).toBe(0o600);
      expect(lstatSync(link ?? "").isSymbolicLink()).toBe(true);
    });

    test("names what can't be read, and leaves the file as it was", async () => {
      const out = `${folder}/kept.yaml`;
      writeFileSync(out, "old");
      const seen = await claviger(
        `template - --out ${out}`,
        `${text}claviger(ssm:/x/none) claviger(secretsmanager:prod/none)`,
      );
      expect(seen.stderr).toContain(
        "error: 2 of 4 can't be read: ssm:/x/none, secretsmanager:prod/none: no such secret",
      );
      expect(readFileSync(out, "utf8")).toBe("old");
      expect(readdirSync(folder).filter((each) => each.includes("claviger-new"))).toEqual([]);
    });

    test("without references needs no vault", async () => {
      expect(await typeAs(() => ({}))("template -", "plain\n")).toMatchObject({
        stdout: "plain\n",
      });
    });
  });
}
