/** Labels of parameter versions as an unmodified AWS client sees them. */
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";

let vault: TestVault;
let ssm: SSM;

beforeAll(async () => {
  vault = await startVault();
  ssm = new SSM(vault.client);
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  ssm.destroy();
  await vault.close();
});

async function put(Name: string, ...values: readonly string[]): Promise<void> {
  for (const Value of values) {
    await ssm.putParameter({ Name, Value, Type: "SecureString", Overwrite: true });
  }
}

async function valueAt(Name: string): Promise<string | undefined> {
  return (await ssm.getParameter({ Name, WithDecryption: true })).Parameter?.Value;
}

async function labelsOf(Name: string): Promise<readonly unknown[] | undefined> {
  return (await ssm.getParameterHistory({ Name })).Parameters?.map(({ Labels }) => Labels);
}

describe("labels", () => {
  it("are attached to the current version, or the one that is named", async () => {
    await put("/l/a", "one", "two");
    expect(await ssm.labelParameterVersion({ Name: "/l/a", Labels: ["prod"] })).toMatchObject({
      InvalidLabels: [],
      ParameterVersion: 2,
    });
    const first = { Name: "/l/a", ParameterVersion: 1, Labels: ["test", "old"] };
    expect(await ssm.labelParameterVersion(first)).toMatchObject({ ParameterVersion: 1 });
    expect(await labelsOf("/l/a")).toEqual([["test", "old"], ["prod"]]);
  });

  it("name versions wherever a version is named", async () => {
    expect(await valueAt("/l/a:test")).toBe("one");
    expect(await valueAt("arn:aws:ssm:us-east-1:123456789012:parameter/l/a:prod")).toBe("two");
    const { Parameter } = await ssm.getParameter({ Name: "/l/a:old", WithDecryption: true });
    expect(Parameter).toMatchObject({ Name: "/l/a", Selector: ":old", Version: 1, Value: "one" });
    const found = await ssm.getParameters({ Names: ["/l/a:test", "/l/a:prod", "/l/a:none"] });
    expect(found.Parameters?.map(({ Selector }) => Selector)).toEqual([":test", ":prod"]);
    expect(found.InvalidParameters).toEqual(["/l/a:none"]);
    expect(await refusal(ssm.getParameter({ Name: "/l/a:none" }))).toBe(
      "ParameterVersionNotFound: Systems Manager could not find label none of /l/a. Verify the label and try again.",
    );
  });

  it("move", async () => {
    await ssm.labelParameterVersion({ Name: "/l/a", Labels: ["test"] });
    expect(await labelsOf("/l/a")).toEqual([["old"], ["prod", "test"]]);
    expect(await valueAt("/l/a:test")).toBe("two");
  });

  it("stay on their version when the next one is made", async () => {
    await put("/l/a", "three");
    expect(await labelsOf("/l/a")).toEqual([["old"], ["prod", "test"], []]);
  });

  it("are taken off again", async () => {
    const off = { Name: "/l/a", ParameterVersion: 2, Labels: ["test", "old", "none"] };
    expect(await ssm.unlabelParameterVersion(off)).toMatchObject({
      RemovedLabels: ["test"],
      InvalidLabels: ["old", "none"],
    });
    expect(await labelsOf("/l/a")).toEqual([["old"], ["prod"], []]);
  });

  it("that break a rule are listed, and the others attached", async () => {
    const Labels = ["1st", "awsX", "SSM-1", "a b", "fine", "_.-"];
    const labelled = await ssm.labelParameterVersion({ Name: "/l/a", Labels });
    expect(labelled.InvalidLabels).toEqual(["1st", "awsX", "SSM-1", "a b"]);
    expect((await labelsOf("/l/a"))?.at(-1)).toEqual(["fine", "_.-"]);
  });

  it("find versions by path", async () => {
    await put("/l/b", "other");
    const listed = (labels: string[]) =>
      ssm.getParametersByPath({
        Path: "/l",
        WithDecryption: true,
        ParameterFilters: [{ Key: "Label", Option: "Equals", Values: labels }],
      });
    const { Parameters } = await listed(["prod"]);
    expect(Parameters).toEqual([
      expect.objectContaining({ Name: "/l/a", Version: 2, Value: "two" }),
    ]);
    expect((await listed(["old", "prod"])).Parameters?.map(({ Version }) => Version)).toEqual([2]);
    expect((await listed(["none"])).Parameters).toEqual([]);
    expect(
      await refusal(
        ssm.getParametersByPath({
          Path: "/l",
          ParameterFilters: [{ Key: "Label", Option: "BeginsWith", Values: ["p"] }],
        }),
      ),
    ).toMatch(/^InvalidFilterOption: /);
  });

  it("are ten at most on a version, counted as they would be", async () => {
    const many = Array.from("abcdefghij");
    await put("/l/c", "one", "two");
    await ssm.labelParameterVersion({ Name: "/l/c", Labels: many });
    await ssm.labelParameterVersion({ Name: "/l/c", Labels: many });
    const eleventh = ssm.labelParameterVersion({ Name: "/l/c", Labels: ["k"] });
    expect(await refusal(eleventh)).toBe(
      "ParameterVersionLabelLimitExceeded: A parameter version can have maximum 10 labels.Move one or more labels to another version and try again.",
    );
    await ssm.labelParameterVersion({ Name: "/l/c", ParameterVersion: 1, Labels: ["a"] });
    await ssm.labelParameterVersion({ Name: "/l/c", Labels: ["k"] });
    expect((await labelsOf("/l/c"))?.[0]).toEqual(["a"]);
  });

  it.each([
    [{ Name: "/l/none", Labels: ["x"] }, /^ParameterNotFound: /],
    [
      { Name: "/l/a", ParameterVersion: 9, Labels: ["x"] },
      /^ParameterVersionNotFound: Systems Manager could not find version 9 of \/l\/a\. Verify/,
    ],
    [{ Name: "/l/a:1", Labels: ["x"] }, /^ValidationException: Parameter name: /],
    [{ Name: "/aws/x", Labels: ["x"] }, /^AccessDeniedException: No access to reserved/],
    [
      { Name: "/l/a", Labels: ["x".repeat(101)] },
      /^ValidationException: 1 validation error detected: Value '\[x{101}\]' at 'labels' failed to satisfy constraint: Member must satisfy constraint: \[Member must have length less than or equal to 100, Member must have length greater than or equal to 1\]$/,
    ],
    [
      { Name: "/l/a", Labels: Array.from("abcdefghijk") },
      /at 'labels' failed to satisfy constraint: Member must have length less than or equal to 10$/,
    ],
  ])("are refused: %j", async (input, message) => {
    expect(await refusal(ssm.labelParameterVersion(input))).toMatch(message);
    const unlabelled = { ParameterVersion: 1, ...input };
    expect(await refusal(ssm.unlabelParameterVersion(unlabelled))).toMatch(message);
  });
});

describe("the oldest of a hundred versions", () => {
  it("is kept by its label, and the next version refused", async () => {
    await put("/l/full", ...Array.from({ length: 100 }, (_, at) => `${at + 1}`));
    await ssm.labelParameterVersion({ Name: "/l/full", ParameterVersion: 1, Labels: ["keep"] });
    const next = { Name: "/l/full", Value: "101", Overwrite: true };
    expect(await refusal(ssm.putParameter(next))).toBe(
      "ParameterMaxVersionLimitExceeded: You attempted to create a new version of /l/full by calling the PutParameter API with the overwrite flag. Version 1, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.",
    );
    expect(await valueAt("/l/full:keep")).toBe("1");
    await ssm.labelParameterVersion({ Name: "/l/full", ParameterVersion: 2, Labels: ["keep"] });
    expect(await ssm.putParameter(next)).toMatchObject({ Version: 101 });
    expect(await refusal(ssm.getParameter({ Name: "/l/full:1" }))).toMatch(
      /^ParameterVersionNotFound/,
    );
    expect(await valueAt("/l/full:keep")).toBe("2");
  });
});
