/** Tags of parameters as an unmodified AWS client sees them. */
import { type AddTagsToResourceCommandInput, SSM, type Tag } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";

let vault: TestVault;
let ssm: SSM;

const on = (ResourceId: string) => ({ ResourceType: "Parameter", ResourceId }) as const;
const a = on("/t/a");

beforeAll(async () => {
  vault = await startVault();
  ssm = new SSM(vault.client);
  const Tags = [{ Key: "team", Value: "core" }];
  await ssm.putParameter({ Name: "/t/a", Value: "v", Type: "String", Tags });
  await ssm.putParameter({ Name: "plain", Value: "v", Type: "String" });
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  ssm.destroy();
  await vault.close();
});

async function tagsOf(resource: ReturnType<typeof on>): Promise<Tag[] | undefined> {
  return (await ssm.listTagsForResource(resource)).TagList;
}

describe("tags", () => {
  it("are added, overwritten and removed", async () => {
    await ssm.addTagsToResource({ ...a, Tags: [{ Key: "owner", Value: "ana" }] });
    await ssm.addTagsToResource({ ...a, Tags: [{ Key: "team", Value: "" }] });
    expect(await tagsOf(a)).toEqual([
      { Key: "team", Value: "" },
      { Key: "owner", Value: "ana" },
    ]);
    await ssm.removeTagsFromResource({ ...a, TagKeys: ["team", "none"] });
    expect(await tagsOf(a)).toEqual([{ Key: "owner", Value: "ana" }]);
  });

  it("belong to a name with and without the slash, and to its ARN", async () => {
    const arn = "arn:aws:ssm:us-east-1:123456789012:parameter/plain";
    await ssm.addTagsToResource({ ...on("plain"), Tags: [{ Key: "k", Value: "v" }] });
    expect(await tagsOf(on("/plain"))).toEqual([{ Key: "k", Value: "v" }]);
    expect(await tagsOf(on(arn))).toEqual([{ Key: "k", Value: "v" }]);
  });

  it("stay when the next version is made, which makes none", async () => {
    await ssm.putParameter({ Name: "/t/a", Value: "w", Overwrite: true });
    expect(await tagsOf(a)).toEqual([{ Key: "owner", Value: "ana" }]);
    await ssm.addTagsToResource({ ...a, Tags: [{ Key: "k", Value: "v" }] });
    expect((await ssm.getParameter({ Name: "/t/a" })).Parameter?.Version).toBe(2);
  });

  it("go with the parameter", async () => {
    await ssm.putParameter({ Name: "/t/gone", Value: "v", Type: "String" });
    await ssm.addTagsToResource({ ...on("/t/gone"), Tags: [{ Key: "k", Value: "v" }] });
    await ssm.deleteParameter({ Name: "/t/gone" });
    expect(await refusal(tagsOf(on("/t/gone")))).toMatch(/^InvalidResourceId/);
    await ssm.putParameter({ Name: "/t/gone", Value: "v", Type: "String" });
    expect(await tagsOf(on("/t/gone"))).toEqual([]);
  });

  it("are fifty at most, counted with those that are there", async () => {
    const Tags = Array.from({ length: 50 }, (_, at) => ({ Key: `t${at}`, Value: "" }));
    const before = await tagsOf(a);
    expect(await refusal(ssm.addTagsToResource({ ...a, Tags }))).toMatch(/^TooManyTagsError: /);
    expect(await tagsOf(a)).toEqual(before);
  });

  const Tags = [{ Key: "k", Value: "v" }];
  it.each<[AddTagsToResourceCommandInput, RegExp]>([
    [{ ...on("/t/none"), Tags }, /^InvalidResourceId: /],
    [{ ...on("/t/a:1"), Tags }, /^InvalidResourceId: /],
    [{ ...on("a//b"), Tags }, /^InvalidResourceId: /],
    [{ ...on("/t/a"), ResourceType: "Document", Tags }, /^InvalidResourceType: /],
    [
      { ...on("/t/a"), ResourceType: "Secret" as never, Tags },
      /^ValidationException: 1 validation error detected: Value 'Secret' at 'resourceType' failed to satisfy constraint: Member must satisfy enum value set: \[Document, /,
    ],
    [{ ...a, Tags: [{ Key: "aws:x", Value: "v" }] }, /^ValidationException: aws: prefixed tag/],
    [{ ...a, Tags: [...Tags, ...Tags] }, /^ValidationException: Duplicate tag key: k$/],
    [{ ...a, Tags: [{ Key: "k!", Value: "v" }] }, /^ValidationException: .*'tags\.1\.member\.key'/],
  ])("are refused: %j", async (input, message) => {
    expect(await refusal(ssm.addTagsToResource(input))).toMatch(message);
  });
});
