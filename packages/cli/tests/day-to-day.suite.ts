/**
 * What people do with secrets and parameters day to day, as they type it. The same against the
 * vault and against AWS's APIs as another project has them.
 */
import { writeFileSync } from "node:fs";
import { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type Type, typeAs } from "./typed-here.fixture.ts";

/** Begins every value, and must stand in no message. */
const planted = "wx_planted_";

export function dayToDay(environment: () => Readonly<Record<string, string>>): void {
  const ssm = () => new SSM(clientConfiguration(environment()));
  const kms = () => new KMS(clientConfiguration(environment()));
  const secretsManager = () => new SecretsManager(clientConfiguration(environment()));

  const claviger: Type = async (words, input) => {
    const seen = await typeAs(environment)(words, input);
    expect(seen.stderr).not.toContain(planted);
    return seen;
  };
  const json = async (words: string, input = "") =>
    JSON.parse((await claviger(`${words} --format json`, input)).stdout);

  describe("a value", () => {
    test("of a parameter is put, as a SecureString, and got alone", async () => {
      expect(
        await claviger("put /v/token --owner weather --tag tier=gold", `${planted}1\n`),
      ).toEqual(
        expect.objectContaining({ stdout: "", stderr: "ssm:/v/token: created\n", status: 0 }),
      );
      expect((await claviger("get /v/token")).stdout).toBe(`${planted}1`);
      expect(await json("get ssm:/v/token")).toMatchObject({
        reference: "ssm:/v/token",
        value: `${planted}1`,
        version: "1",
        type: "SecureString",
      });
      const { TagList } = await ssm().listTagsForResource({
        ResourceType: "Parameter",
        ResourceId: "/v/token",
      });
      expect(TagList).toHaveLength(2);
      expect(TagList).toContainEqual({ Key: "owner", Value: "weather" });
    });

    test("keeps the settings of what was there, but for those that are given", async () => {
      const { KeyMetadata } = await kms().createKey({});
      const KeyId = KeyMetadata?.KeyId ?? "";
      const words = `put /v/settings --key ${KeyId} --tier Advanced --description first`;
      await claviger(words, `${planted}1`);
      expect((await claviger("put /v/settings --owner ops", `${planted}2`)).stderr).toBe(
        "ssm:/v/settings: version 2\n",
      );
      const { Parameters } = await ssm().describeParameters({
        ParameterFilters: [{ Key: "Name", Values: ["/v/settings"] }],
      });
      expect(Parameters).toMatchObject([
        { Type: "SecureString", KeyId, Tier: "Advanced", Description: "first", Version: 2 },
      ]);
      await claviger("put /v/settings --type String --description second", `${planted}3`);
      expect(await json("get /v/settings")).toMatchObject({ type: "String", version: "3" });
    });

    test("of a secret comes from a file, text to the byte or binary", async () => {
      const file = `${temporaryFolder("value")}/value`;
      const certificate = `${planted}\nsecond line\n`;
      writeFileSync(file, certificate);
      expect(await json(`put secretsmanager:v/pem @${file}`)).toMatchObject({ isNew: true });
      expect((await claviger("get secretsmanager:v/pem")).stdout).toBe(certificate);

      const bytes = Buffer.from([0, 0xff, 0xfe, 10]);
      await claviger("put secretsmanager:v/bytes", bytes);
      expect((await claviger("get secretsmanager:v/bytes")).bytes).toEqual(bytes);
      expect(await json("get secretsmanager:v/bytes")).toMatchObject({
        valueBase64: bytes.toString("base64"),
        stages: ["AWSCURRENT"],
      });
      expect(await claviger("put /v/bytes", bytes)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("error: the value is not UTF-8, and parameters hold text"),
      });
    });

    test("is never empty", async () => {
      expect(await claviger("put /v/empty", "\n")).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("error: the value is empty\nhint: "),
      });
    });
  });

  test("a field of a JSON secret is got, set, added and removed; the others stay as they are", async () => {
    const text = `{"id":12345678901234567890,"password":"${planted}1"}`;
    await claviger("put secretsmanager:v/db", text);
    expect((await claviger("get secretsmanager:v/db#id")).stdout).toBe("12345678901234567890");
    expect((await claviger("put secretsmanager:v/db#password", `${planted}2\n`)).stderr).toMatch(
      /^secretsmanager:v\/db#password: version \S{36}\n$/,
    );
    await claviger("put secretsmanager:v/db#user", `${planted}ada`);
    expect((await claviger("get secretsmanager:v/db")).stdout).toBe(
      `{"id":12345678901234567890,"password":"${planted}2","user":"${planted}ada"}`,
    );
    expect(await claviger("put secretsmanager:v/db#id", `${planted}x`)).toMatchObject({
      status: 1,
    });
    await claviger("rm secretsmanager:v/db#user --yes");
    expect(await claviger("get secretsmanager:v/db#user")).toMatchObject({
      status: 1,
      stderr:
        "error: secretsmanager:v/db has no field 'user'\n" +
        "hint: see its fields: claviger get secretsmanager:v/db\n",
    });
    expect((await claviger("get secretsmanager:v/db#password --stage AWSPREVIOUS")).stdout).toBe(
      `${planted}2`,
    );
    await claviger("put secretsmanager:v/new#one", planted);
    expect((await claviger("get secretsmanager:v/new")).stdout).toBe(`{"one":"${planted}"}`);
  });

  describe("versions", () => {
    test("of a parameter are listed, compared and brought back", async () => {
      for (const at of [1, 2, 3]) await claviger("put /h/token", planted + at);
      await ssm().labelParameterVersion({
        Name: "/h/token",
        ParameterVersion: 1,
        Labels: ["good"],
      });
      const history = await json("history /h/token");
      expect(history.map((each: { version: string }) => each.version)).toEqual(["3", "2", "1"]);
      expect(history).toMatchObject([{ isCurrent: true }, {}, { labels: ["good"] }]);
      expect((await claviger("get /h/token --label good")).stdout).toBe(`${planted}1`);
      expect((await claviger("get /h/token --version 2")).stdout).toBe(`${planted}2`);
      expect((await claviger("diff /h/token")).stdout).toBe(
        "--- ssm:/h/token 2\n+++ ssm:/h/token 3\n~ the value\n",
      );

      expect((await claviger("rollback /h/token good")).stderr).toBe(
        "ssm:/h/token: version 4, with the value of 1\n",
      );
      expect(await json("get /h/token")).toMatchObject({ value: `${planted}1`, version: "4" });
      expect((await claviger("diff /h/token 1 4")).stdout).toBe(
        "--- ssm:/h/token 1\n+++ ssm:/h/token 4\n  the same value\n",
      );
      expect(await claviger("rollback /h/token 4")).toMatchObject({ status: 1 });
      expect((await claviger("rollback /h/token 9")).stderr).toBe(
        "error: ssm:/h/token has no version '9'\n" +
          "hint: see its versions: claviger history ssm:/h/token\n",
      );
      expect(await claviger("get /h/token --version 9")).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("has no such version"),
      });
    });

    test("that were confidential don't come back as plain text", async () => {
      await claviger("put /h/plain", `${planted}1`);
      await claviger("put /h/plain --type String", "public");
      await claviger("rollback /h/plain 1");
      expect(await json("get /h/plain")).toMatchObject({
        value: `${planted}1`,
        type: "SecureString",
      });
    });

    test("of a secret likewise, with the fields that differ", async () => {
      await claviger(
        "put secretsmanager:h/db",
        `{"a":"${planted}1","b":"${planted}b","c":"${planted}"}`,
      );
      await claviger(
        "put secretsmanager:h/db",
        `{"a":"${planted}2","b":"${planted}b","d":"${planted}"}`,
      );
      const [{ version: now }, { version: first }] = await json("history secretsmanager:h/db");
      expect((await claviger("diff secretsmanager:h/db")).stdout).toBe(
        `--- secretsmanager:h/db ${first}\n+++ secretsmanager:h/db ${now}\n~ a\n+ d\n- c\n  1 field is the same\n`,
      );
      expect((await json("diff secretsmanager:h/db")).changes).toEqual([
        { field: "a", change: "changed" },
        { field: "b", change: "same" },
        { field: "d", change: "added" },
        { field: "c", change: "removed" },
      ]);
      expect(
        (await claviger("diff secretsmanager:h/db AWSPREVIOUS AWSCURRENT --reveal")).stdout,
      ).toContain(`~ a\n    - ${planted}1\n    + ${planted}2\n`);
      await claviger("rollback secretsmanager:h/db AWSPREVIOUS");
      // moto_server's default version doesn't follow the label that is moved.
      expect((await claviger("get secretsmanager:h/db#a --stage AWSCURRENT")).stdout).toBe(
        `${planted}1`,
      );
      expect((await claviger("get secretsmanager:h/db#a --stage AWSPREVIOUS")).stdout).toBe(
        `${planted}2`,
      );
    });
  });

  test("a value in a reference's place is quoted by no message", async () => {
    const swapped = await claviger("put sk_live_swapped /s/token");
    expect(swapped).toMatchObject({ status: 2, stdout: "" });
    expect(swapped.stderr).toMatch(/^error: a value on the command line /);
    expect(swapped.stderr).not.toContain("sk_live_swapped");
  });

  test("the list is a tree with types, owners and ages; programs get it as JSON", async () => {
    await claviger("put /l/prod/token --owner weather", planted);
    await claviger("put /l/prod/url --type String", "https://example.com");
    await claviger("put secretsmanager:l/prod/stripe --owner payments", planted);
    expect((await claviger("list /l")).stdout).toBe(
      [
        "NAME            TYPE          OWNER    AGE",
        "ssm",
        "└─ /l/",
        "   └─ prod/",
        "      ├─ token  SecureString  weather  now",
        "      └─ url    String        -        now",
        "",
      ].join("\n"),
    );
    expect(await json("list secretsmanager:l/")).toMatchObject([
      { reference: "secretsmanager:l/prod/stripe", owner: "payments", isDeleted: false },
    ]);
    expect((await claviger("list l/nothing")).stdout).toBe(
      "Nothing begins with l/nothing in us-east-1 (each region has its own)\n",
    );
  });

  describe("what is deleted", () => {
    test("comes back if it is a secret", async () => {
      await claviger("put secretsmanager:d/stripe", planted);
      expect(await claviger("rm secretsmanager:d/stripe")).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("hint: read the above, then give --yes"),
      });
      expect((await claviger("rm secretsmanager:d/stripe --yes")).stderr).toMatch(
        /it can be restored until \d{4}-\d\d-\d\d\n$/,
      );
      expect((await claviger("get secretsmanager:d/stripe")).stderr).toBe(
        "error: secretsmanager:d/stripe is scheduled for deletion\n" +
          "hint: bring it back: claviger restore secretsmanager:d/stripe\n",
      );
      expect((await claviger("list secretsmanager:d/")).stdout).toContain("secret, deleted");
      await claviger("restore secretsmanager:d/stripe");
      expect((await claviger("get secretsmanager:d/stripe")).stdout).toBe(planted);
      expect((await claviger("rm secretsmanager:d/stripe --force --yes")).stderr).toContain(
        "secretsmanager:d/stripe: deleted for good\n",
      );
      expect((await claviger("get secretsmanager:d/stripe")).stderr).toMatch(
        "error: there is no secret",
      );
    });

    test("is gone if it is a parameter, which is said before", async () => {
      await claviger("put /d/token", planted);
      expect((await claviger("rm /d/token --yes")).stderr).toBe(
        "ssm:/d/token will be deleted for good, with all its versions.\n" +
          "Parameters have no recovery.\n" +
          "ssm:/d/token: deleted for good\n",
      );
      expect(await claviger("get /d/token")).toMatchObject({
        status: 1,
        stderr:
          "error: there is no ssm:/d/token\nhint: see what there is in us-east-1: claviger list\n",
      });
      expect(await claviger("restore /d/token")).toMatchObject({ status: 1 });
    });
  });

  describe("a copy", () => {
    test("has value, description and tags, across the stores too", async () => {
      await claviger("put /c/token --owner weather --description for-weather", planted);
      expect((await claviger("cp /c/token secretsmanager:c/token")).stderr).toBe(
        "secretsmanager:c/token: created, from ssm:/c/token\n",
      );
      const secret = await secretsManager().describeSecret({ SecretId: "c/token" });
      expect(secret).toMatchObject({
        Description: "for-weather",
        Tags: [{ Key: "owner", Value: "weather" }],
      });
      await claviger("cp secretsmanager:c/token /c/again");
      expect(await json("get /c/again")).toMatchObject({ value: planted, type: "SecureString" });
      expect(await json("list /c/again")).toMatchObject([
        { owner: "weather", description: "for-weather" },
      ]);
    });

    test("onto what is there is its next version, and leaves its tags and type alone", async () => {
      await claviger("put /c/staging --owner a", `${planted}1`);
      await claviger("put /c/prod --owner b --type String", "public");
      expect((await claviger("cp /c/staging /c/prod")).stderr).toBe(
        "ssm:/c/prod: version 2, from ssm:/c/staging\n",
      );
      // But for what would show a confidential value.
      expect(await json("get /c/prod")).toMatchObject({
        value: `${planted}1`,
        type: "SecureString",
      });
      expect(await json("list /c/prod")).toMatchObject([{ owner: "b" }]);
      expect((await claviger("cp /c/staging /c/prod")).stderr).toBe(
        "ssm:/c/prod: has this value already\n",
      );
    });

    test("of a field goes into a parameter, and into another field", async () => {
      await claviger("put secretsmanager:c/db", `{"password":"${planted}1","port":5432}`);
      await claviger("cp secretsmanager:c/db#password /c/password");
      expect((await claviger("get /c/password")).stdout).toBe(`${planted}1`);
      await claviger("mv secretsmanager:c/db#password secretsmanager:c/db#secret --yes");
      expect((await claviger("get secretsmanager:c/db")).stdout).toBe(
        `{"port":5432,"secret":"${planted}1"}`,
      );
    });
  });

  describe("a move", () => {
    test("copies, then deletes, and says what stays behind", async () => {
      await claviger("put /m/token --owner weather", `${planted}1`);
      await claviger("put /m/token", `${planted}2`);
      expect((await claviger("mv /m/token secretsmanager:m/token --yes")).stderr).toBe(
        "ssm:/m/token will be secretsmanager:m/token.\n" +
          "  stays behind: 1 older version, for good: parameters have no recovery\n" +
          "secretsmanager:m/token: moved from ssm:/m/token\n",
      );
      expect(await claviger("get /m/token")).toMatchObject({ status: 1 });
      expect((await claviger("get secretsmanager:m/token")).stdout).toBe(`${planted}2`);
      expect(await json("list secretsmanager:m/token")).toMatchObject([{ owner: "weather" }]);
    });

    test("touches nothing without a yes, and nothing that is there already", async () => {
      await claviger("put /m/a", `${planted}a`);
      await claviger("put /m/b", `${planted}b`);
      expect((await claviger("mv /m/a /m/b --yes")).stderr).toContain(
        "error: ssm:/m/b is there already, and differs\n",
      );
      expect(await claviger("mv /m/a /m/c")).toMatchObject({ status: 1 });
      expect(await claviger("get /m/c")).toMatchObject({ status: 1 });
      expect((await claviger("get /m/a")).stdout).toBe(`${planted}a`);
      expect((await claviger("get /m/b")).stdout).toBe(`${planted}b`);
    });

    test("that was interrupted after its copy goes on", async () => {
      await claviger("put /m/half --owner a", planted);
      await claviger("cp /m/half /m/whole");
      expect(await claviger("mv /m/half /m/whole --yes")).toMatchObject({ status: 0 });
      expect((await claviger("get /m/whole")).stdout).toBe(planted);
      expect(await claviger("get /m/half")).toMatchObject({ status: 1 });
    });
  });

  test("tags are set and removed in both stores", async () => {
    await claviger("put /t/token --owner a", planted);
    await claviger("put secretsmanager:t/token --owner a", planted);
    for (const reference of ["ssm:/t/token", "secretsmanager:t/token"]) {
      expect((await claviger(`tag ${reference} url=a=b owner=b`)).stderr).toBe(
        `${reference}: url=a=b, owner=b\n`,
      );
      expect(await json(`list ${reference}`)).toMatchObject([{ owner: "b" }]);
      expect(await json(`tag ${reference} --remove owner`)).toEqual({
        reference,
        set: {},
        removed: ["owner"],
      });
      expect(await json(`list ${reference}`)).toMatchObject([{ owner: null }]);
    }
    const { Tags } = await secretsManager().describeSecret({ SecretId: "t/token" });
    expect(Tags).toEqual([{ Key: "url", Value: "a=b" }]);
    expect((await claviger("tag secretsmanager:t/none a=b")).stderr).toMatch(
      "error: there is no secret",
    );
  });
}
