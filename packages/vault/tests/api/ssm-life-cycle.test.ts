/**
 * A parameter's life as Terraform's aws_ssm_parameter leads it, in its provider's own order of
 * requests, and the SDK's paginators over more parameters than a few pages hold.
 */
import {
  type PutParameterCommandInput,
  paginateDescribeParameters,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  SSM,
} from "@aws-sdk/client-ssm";
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

type Tags = Readonly<Record<string, string>>;

/** The resource, with the requests that the provider makes for it. */
class Resource {
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  async create(given: Omit<PutParameterCommandInput, "Name">, tags: Tags = {}) {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await ssm.putParameter({ Name: this.#id, ...given, Overwrite: false, Tags });
    return this.read();
  }

  async read() {
    const { Parameter } = await ssm.getParameter({ Name: this.#id, WithDecryption: true });
    const { Parameters = [] } = await ssm.describeParameters({
      ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [this.#id] }],
    });
    const detail = Parameters[0];
    const { TagList = [] } = await ssm.listTagsForResource(this.#tagged);
    return {
      arn: Parameter?.ARN,
      value: Parameter?.Value,
      type: Parameter?.Type,
      version: Parameter?.Version,
      description: detail?.Description,
      tier: detail?.Tier,
      keyId: detail?.KeyId,
      allowedPattern: detail?.AllowedPattern,
      dataType: detail?.DataType,
      tags: Object.fromEntries(TagList.map(({ Key, Value }) => [Key, Value])),
    };
  }

  async update(given: Omit<PutParameterCommandInput, "Name">) {
    await ssm.putParameter({ Name: this.#id, ...given, Overwrite: true });
    return this.read();
  }

  async retag(before: Tags, after: Tags) {
    const removed = Object.keys(before).filter((key) => !(key in after));
    const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
    if (removed.length > 0) {
      await ssm.removeTagsFromResource({ ...this.#tagged, TagKeys: removed });
    }
    if (changed.length > 0) {
      const Tags = changed.map(([Key, Value]) => ({ Key, Value }));
      await ssm.addTagsToResource({ ...this.#tagged, Tags });
    }
    return this.read();
  }

  async destroy() {
    await ssm.deleteParameter({ Name: this.#id });
    expect(await refusal(ssm.getParameter({ Name: this.#id }))).toMatch(/^ParameterNotFound/);
  }

  get #tagged() {
    return { ResourceType: "Parameter", ResourceId: this.#id } as const;
  }
}

describe("a resource", () => {
  it.each(["/tf/db/password", "tf-plain"])("%s is made, changed, tagged and ended", async (id) => {
    const resource = new Resource(id);
    const made = await resource.create(
      { Type: "String", Value: "one", Description: "d", AllowedPattern: "[a-z]+" },
      { team: "core", stage: "dev" },
    );
    expect(made).toEqual({
      arn: `arn:aws:ssm:us-east-1:123456789012:parameter/${id.replace(/^\//, "")}`,
      value: "one",
      type: "String",
      version: 1,
      description: "d",
      tier: "Standard",
      keyId: undefined,
      allowedPattern: "[a-z]+",
      dataType: "text",
      tags: { team: "core", stage: "dev" },
    });
    expect(await resource.update({ Type: "String", Value: "two" })).toEqual({
      ...made,
      value: "two",
      version: 2,
    });
    const retagged = await resource.retag(made.tags, { team: "web", owner: "ana" });
    expect(retagged).toEqual({
      ...made,
      value: "two",
      version: 2,
      tags: { team: "web", owner: "ana" },
    });
    const secure = await resource.update({ Type: "SecureString", Value: "three" });
    expect(secure).toEqual({
      ...retagged,
      type: "SecureString",
      value: "three",
      version: 3,
      keyId: "alias/aws/ssm",
    });
    const advanced = await resource.update({ Type: "SecureString", Value: "x", Tier: "Advanced" });
    expect(advanced).toEqual({ ...secure, value: "x", version: 4, tier: "Advanced" });
    const down = { Type: "SecureString", Value: "x", Tier: "Standard" } as const;
    expect(await refusal(resource.update(down))).toMatch(
      /^ValidationException: This parameter uses the advanced-parameter tier\. You can't downgrade/,
    );
    await resource.destroy();
    const again = await resource.create({ Type: "StringList", Value: "a,b" });
    expect(again).toMatchObject({ version: 1, tier: "Standard", tags: {}, value: "a,b" });
    await resource.destroy();
  });

  it("that is there already is not made again", async () => {
    const resource = new Resource("/tf/twice");
    await resource.create({ Type: "String", Value: "one" });
    expect(await refusal(resource.create({ Type: "String", Value: "two" }))).toMatch(
      /^ParameterAlreadyExists: /,
    );
    expect((await resource.read()).value).toBe("one");
    await resource.destroy();
  });
});

describe("paginators", () => {
  const names = Array.from({ length: 210 }, (_, at) => `/pages/${String(at).padStart(3, "0")}`);

  async function namesOf(
    pages: AsyncIterable<{
      readonly Parameters?: readonly { Name?: string | undefined }[] | undefined;
    }>,
  ) {
    const found: (string | undefined)[] = [];
    for await (const { Parameters = [] } of pages)
      found.push(...Parameters.map(({ Name }) => Name));
    return found;
  }

  beforeAll(async () => {
    const put = (Name: string) => ssm.putParameter({ Name, Value: Name, Type: "String" });
    for (let at = 0; at < names.length; at += 30) {
      await Promise.all(names.slice(at, at + 30).map(put));
    }
  });

  it.each([undefined, 1, 7, 10])("give every parameter of a path once, %s a page", async (size) => {
    const config = { client: ssm, ...(size !== undefined && { pageSize: size }) };
    const pages = paginateGetParametersByPath(config, { Path: "/pages" });
    expect(await namesOf(pages)).toEqual(names);
  });

  it.each([undefined, 13, 50])("describe every parameter once, %s a page", async (size) => {
    const config = { client: ssm, ...(size !== undefined && { pageSize: size }) };
    const ParameterFilters = [{ Key: "Path", Values: ["/pages"] }];
    expect(
      (await namesOf(paginateDescribeParameters(config, { ParameterFilters }))).sort(),
    ).toEqual(names);
  });

  it("give every version once", async () => {
    for (let at = 0; at < 60; at++) {
      await ssm.putParameter({ Name: "/versions", Value: "v", Type: "String", Overwrite: true });
    }
    const versions: (number | undefined)[] = [];
    const pages = paginateGetParameterHistory({ client: ssm, pageSize: 7 }, { Name: "/versions" });
    for await (const { Parameters = [] } of pages) {
      versions.push(...Parameters.map(({ Version }) => Version));
    }
    expect(versions).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  });
});
