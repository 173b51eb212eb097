/** Listings of parameters through the AWS SDK's own paginators. */
import {
  DescribeParametersCommand,
  type DescribeParametersCommandInput,
  GetParametersByPathCommand,
  type GetParametersByPathCommandInput,
  PutParameterCommand,
  paginateDescribeParameters,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";

let vault: TestVault;
let ssm: SSMClient;

const leaves = Array.from(
  { length: 23 },
  (_, at) => `/app/prod/leaf${String(at).padStart(2, "0")}`,
);
const others = ["root", "/app/one", "/app/prod/db/host", "/app/prod/db/port", "/app/prod2/x"];

beforeAll(async () => {
  vault = await startVault();
  ssm = new SSMClient(vault.client);
  const put = (Name: string, Type: "String" | "SecureString", Tags = [{ Key: "k", Value: "v" }]) =>
    ssm.send(new PutParameterCommand({ Name, Value: Name, Type, Tags }));
  await Promise.all(leaves.map((name) => put(name, "SecureString")));
  await Promise.all(others.map((name) => put(name, "String", [{ Key: "team", Value: "core" }])));
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  ssm.destroy();
  await vault.close();
});

async function byPath(input: GetParametersByPathCommandInput) {
  const names: (string | undefined)[] = [];
  const pages: number[] = [];
  for await (const page of paginateGetParametersByPath({ client: ssm }, input)) {
    names.push(...(page.Parameters ?? []).map(({ Name }) => Name));
    pages.push(page.Parameters?.length ?? 0);
  }
  return { names, pages };
}

async function described(input: DescribeParametersCommandInput) {
  const names: (string | undefined)[] = [];
  for await (const page of paginateDescribeParameters({ client: ssm }, input)) {
    names.push(...(page.Parameters ?? []).map(({ Name }) => Name));
  }
  return names.sort();
}

describe("GetParametersByPath", () => {
  it("gives one level in pages of ten", async () => {
    expect(await byPath({ Path: "/app/prod" })).toEqual({ names: leaves, pages: [10, 10, 3] });
    expect((await byPath({ Path: "/app/prod/", MaxResults: 7 })).names).toEqual(leaves);
  });

  it("gives all levels if asked to", async () => {
    const { names } = await byPath({ Path: "/app/prod", Recursive: true });
    expect(names.sort()).toEqual([...leaves, "/app/prod/db/host", "/app/prod/db/port"].sort());
    const everything = await byPath({ Path: "/", Recursive: true });
    expect(everything.names.sort()).toEqual([...leaves, ...others].sort());
    expect((await byPath({ Path: "/" })).names).toEqual(["root"]);
  });

  it("decrypts if asked to", async () => {
    const { Parameters } = await ssm.send(
      new GetParametersByPathCommand({ Path: "/app/prod", MaxResults: 1, WithDecryption: true }),
    );
    expect(Parameters?.[0]?.Value).toBe(leaves[0]);
  });

  it("filters by type and key", async () => {
    const of = (Key: string, Values: string[], Option?: string) =>
      byPath({ Path: "/app", Recursive: true, ParameterFilters: [{ Key, Values, Option }] });
    expect((await of("Type", ["String"])).names).toHaveLength(4);
    expect((await of("KeyId", ["alias/aws"], "BeginsWith")).names).toHaveLength(leaves.length);
    expect((await of("Label", ["prod"])).names).toEqual([]);
  });

  it.each([
    [{ Path: "app" }, "ValidationException", "parameter name requirements"],
    [{ Path: "/a", MaxResults: 11 }, "ValidationException", "less than or equal to 10"],
    [{ Path: "/a", NextToken: "x" }, "InvalidNextToken", "token"],
    [
      { Path: "/a", ParameterFilters: [{ Key: "Name", Values: ["x"] }] },
      "InvalidFilterKey",
      "The following filter key is not valid: Name. Valid filter keys include: [Type, KeyId].",
    ],
  ])("refuses %o", async (input, name, message) => {
    await expect(ssm.send(new GetParametersByPathCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it("gives tokens that are good for the same list only", async () => {
    const first = await ssm.send(new GetParametersByPathCommand({ Path: "/app/prod" }));
    const elsewhere = new GetParametersByPathCommand({ Path: "/app", NextToken: first.NextToken });
    await expect(ssm.send(elsewhere)).rejects.toMatchObject({ name: "InvalidNextToken" });
  });
});

describe("DescribeParameters", () => {
  it("gives ten at a time to whoever asks for no number, and fifty at most", async () => {
    const firstOf = async (input: DescribeParametersCommandInput) =>
      (await ssm.send(new DescribeParametersCommand(input))).Parameters?.length;
    expect(await firstOf({})).toBe(10);
    expect(await firstOf({ MaxResults: 50 })).toBe(leaves.length + others.length);
    expect(await described({})).toEqual([...leaves, ...others].sort());
  });

  it("tells everything but the value", async () => {
    const { Parameters } = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: "Name", Values: ["/root"] }] }),
    );
    expect(Parameters).toEqual([
      {
        Name: "root",
        ARN: "arn:aws:ssm:us-east-1:123456789012:parameter/root",
        Type: "String",
        LastModifiedDate: expect.any(Date),
        LastModifiedUser: "arn:aws:iam::123456789012:root",
        Version: 1,
        Tier: "Standard",
        Policies: [],
        DataType: "text",
      },
    ]);
  });

  it("pages through all there is", async () => {
    expect(await described({ MaxResults: 5 })).toEqual([...leaves, ...others].sort());
  });

  it.each([
    [
      [{ Key: "Name", Option: "BeginsWith", Values: ["/app/prod2", "roo"] }],
      ["/app/prod2/x", "root"],
    ],
    [[{ Key: "Name", Option: "Contains", Values: ["d/leaf1"] }], leaves.slice(10, 20)],
    [
      [{ Key: "Path", Values: ["/app/prod/db", "/"] }],
      ["/app/prod/db/host", "/app/prod/db/port", "root"],
    ],
    [[{ Key: "Path", Option: "Recursive", Values: ["/app/prod2"] }], ["/app/prod2/x"]],
    [
      [
        { Key: "tag:team", Values: ["core"] },
        { Key: "Path", Values: ["/app"] },
      ],
      ["/app/one"],
    ],
    [[{ Key: "tag:team" }], others],
    [[{ Key: "Tier", Values: ["Advanced"] }], []],
    [
      [
        { Key: "DataType", Values: ["text"] },
        { Key: "Type", Values: ["String"] },
      ],
      others,
    ],
  ])("finds by %j", async (ParameterFilters, names) => {
    expect(await described({ ParameterFilters, MaxResults: 2 })).toEqual([...names].sort());
  });

  it("takes the older filters too, but not both", async () => {
    const Filters = [{ Key: "Name" as const, Values: ["/app/prod2"] }];
    expect(await described({ Filters })).toEqual(["/app/prod2/x"]);
    const ParameterFilters = [{ Key: "Name", Values: ["x"] }];
    await expect(
      ssm.send(new DescribeParametersCommand({ Filters, ParameterFilters })),
    ).rejects.toMatchObject({
      message: "You can use either Filters or ParameterFilters in a single request.",
    });
  });

  it.each([
    [{ Key: "key" }, "ValidationException", "tag:.+|Name|Type|KeyId|Path|Label|Tier"],
    [
      { Key: "Label", Values: ["x"] },
      "InvalidFilterKey",
      "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier]",
    ],
    [
      { Key: "Name" },
      "InvalidFilterValue",
      "The following filter values are missing : null for filter key Name",
    ],
    [
      { Key: "Path", Values: ["/aws"] },
      "ValidationException",
      "Filters for common parameters can't be prefixed with",
    ],
    [{ Key: "Path", Values: ["//"] }, "ValidationException", "parameter name requirements"],
    [
      { Key: "Path", Option: "Equals", Values: ["/a"] },
      "InvalidFilterOption",
      "Valid options include: [Recursive, OneLevel]",
    ],
    [
      { Key: "Type", Values: ["test"] },
      "InvalidFilterValue",
      "The following filter value is not valid: test. Valid values include: [String, StringList, SecureString]",
    ],
    [
      { Key: "Name", Option: "option", Values: ["x"] },
      "InvalidFilterOption",
      "The following filter option is not valid: option. Valid options include: [BeginsWith, Equals].",
    ],
  ])("refuses %j", async (filter, name, message) => {
    const sent = ssm.send(new DescribeParametersCommand({ ParameterFilters: [filter] }));
    await expect(sent).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it("finds nothing that others share: nobody can", async () => {
    const shared = await ssm.send(new DescribeParametersCommand({ Shared: true }));
    expect(shared.Parameters).toEqual([]);
    const own = await ssm.send(new DescribeParametersCommand({ Shared: false }));
    expect(own.Parameters).not.toEqual([]);
  });
});

describe("GetParameterHistory", () => {
  it("pages through the versions", async () => {
    for (const Value of ["1", "2", "3", "4", "5"]) {
      await ssm.send(
        new PutParameterCommand({ Name: "/h", Value, Type: "String", Overwrite: true }),
      );
    }
    const values: (string | undefined)[] = [];
    const pages = paginateGetParameterHistory({ client: ssm, pageSize: 2 }, { Name: "/h" });
    for await (const { Parameters } of pages) {
      values.push(...(Parameters ?? []).map(({ Value }) => Value));
    }
    expect(values).toEqual(["1", "2", "3", "4", "5"]);
  });
});
