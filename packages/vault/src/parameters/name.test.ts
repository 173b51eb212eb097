import { describe, expect, it } from "vitest";
import { readName, readNewName, readPath, readReference } from "./name.ts";

const scope = { accountId: "111122223333", region: "us-east-2" };
const illFormed = /sub-paths divided by slash symbol/;
const start = "arn:aws:ssm:us-east-2:111122223333:";

describe("what a read names", () => {
  it.each([
    ["MyParameter1", "/MyParameter1", "parameter/MyParameter1", undefined],
    ["/MyParameter1", "/MyParameter1", "parameter/MyParameter1", undefined],
    ["  /a/b  ", "/a/b", "parameter/a/b", undefined],
    ["/a/b:3", "/a/b", "parameter/a/b", "3"],
    ["x:prod", "/x", "parameter/x", "prod"],
    [`${start}parameter/x`, "/x", "parameter/x", undefined],
    [`${start}parameter/a/b:7`, "/a/b", "parameter/a/b", "7"],
  ])("%s", (reference, path, resource, selector) => {
    const named = readReference(scope, reference);
    expect(named).toMatchObject({ path, selector, problem: undefined });
    expect(named.arn).toBe(start + resource);
  });

  it("repeats the form it was asked in", () => {
    expect(readReference(scope, "x:1").name).toBe("x");
    expect(readReference(scope, "/x:1").name).toBe("/x");
    expect(readReference(scope, `${start}parameter/x`).name).toBe("x");
    expect(readReference(scope, `${start}parameter/a/b`).name).toBe("/a/b");
  });

  it.each(["a/b", "/a//b", "/a/", "a b", "{x}", "", "/", "ssm-x", "/SSM/x"])(
    "asks the policies about everything before it refuses %j",
    (reference) => {
      const named = readReference(scope, reference);
      expect(named.problem?.message).toMatch(illFormed);
      if (!/ssm/i.test(reference)) expect(named.arn).toBe(`${start}*`);
    },
  );

  it.each([
    ["x:", /^Invalid parameter name\. Please use correct syntax/],
    ["x:1:2", /^Invalid parameter name\. Please use correct syntax/],
    ["arn:aws:s3:::x", /^Invalid parameter name\. Please use correct syntax/],
    ["C:/Program Files/Git/x", /^Invalid label format \/Program Files\/Git\/x\. A label name/],
    ["x:ssm1", /^Invalid label format ssm1\./],
  ])("%s names no version", (reference, message) => {
    expect(readReference(scope, reference).problem?.message).toMatch(message);
  });

  it("is a secret below /aws/reference/secretsmanager", () => {
    const path = "/aws/reference/secretsmanager/app/db@1+x";
    expect(readReference(scope, `${path}:AWSCURRENT`)).toMatchObject({
      name: path,
      secretId: "app/db@1+x",
      selector: "AWSCURRENT",
      problem: undefined,
      arn: `${start}parameter${path}`,
    });
    expect(readReference(scope, `${path}:a:b`).problem?.message).toMatch(/correct syntax/);
    expect(readReference(scope, "/aws/service/x").secretId).toBeUndefined();
  });

  it("keeps another region's and account's ARN as it is", () => {
    const named = readReference(scope, "arn:aws:ssm:eu-west-1:444455556666:parameter/x");
    expect(named.scope).toEqual({ accountId: "444455556666", region: "eu-west-1" });
  });
});

describe("what may be made", () => {
  const problemOf = (name: string) => readNewName(scope, name).problem;

  it("takes fifteen levels and no more", () => {
    expect(problemOf(`/${Array(15).fill("l").join("/")}`)).toBeUndefined();
    expect(problemOf(`/${Array(16).fill("l").join("/")}`)?.code).toBe(
      "HierarchyLevelLimitExceededException",
    );
  });

  it("counts the ARN in the longest name", () => {
    const longest = 1011 - `${start}parameter/`.length;
    expect(problemOf("n".repeat(longest))).toBeUndefined();
    expect(problemOf("n".repeat(longest + 1))?.code).toBe("ValidationError");
  });

  it.each(["db/endpoint/parameter", "C:/Program Files/Git/x"])("must be qualified: %s", (name) => {
    expect(problemOf(name)?.message).toBe("Parameter name must be a fully qualified name.");
  });

  it.each(["awslimitschecker", "/aws/test", "/AWSsec/lab01/vpc_id"])("is AWS's: %s", (name) => {
    expect(problemOf(name)?.code).toBe("AccessDenied");
    expect(problemOf(name)?.message).toBe(
      `No access to reserved parameter name: ${name.replace(/^\//, "")}.`,
    );
    expect(readName(scope, name).problem?.code).toBe("AccessDenied");
  });

  it.each(["ssm_test", "/SSM/x", "Dev MySQL DB", "/a/support@example.com"])(
    "refuses %s",
    (name) => {
      expect(problemOf(name)?.message).toMatch(illFormed);
    },
  );
});

describe("a path", () => {
  it.each([
    ["/", "", "parameter/"],
    ["/a", "/a", "parameter/a"],
    ["/a/b/", "/a/b", "parameter/a/b/"],
  ])("%s", (given, path, resource) => {
    const named = readPath(scope, given);
    expect(named).toMatchObject({ path, problem: undefined });
    expect(named.arn).toBe(start + resource);
  });

  it.each(["a", "//", "/a//b", "/###", "/ssm/x", ""])("refuses %j", (given) => {
    expect(readPath(scope, given).problem?.message).toMatch(/parameter name requirements/);
  });
});
