/** OpenID Connect providers over HTTP: a life cycle as Terraform's, rules for URLs, limits. */
import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, refused } from "./iam.fixture.ts";
import { sideBySide } from "./refusal.fixture.ts";

const thumbprint = "6938fd4d98bab03faadb97b34396831e3780aea1";
const arnOf = (url: string) => `arn:aws:iam::${account}:oidc-provider/${url}`;

let vault: TestVault;
let iam: IAM;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
});
afterAll(async () => {
  iam.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

const create = (Url: string, more: object = {}) =>
  iam.createOpenIDConnectProvider({ Url, ThumbprintList: [thumbprint], ...more });

async function get(OpenIDConnectProviderArn: string) {
  const {
    $metadata: _,
    CreateDate,
    ...provider
  } = await iam.getOpenIDConnectProvider({
    OpenIDConnectProviderArn,
  });
  expect(CreateDate).toBeInstanceOf(Date);
  return provider;
}

test("Terraform's aws_iam_openid_connect_provider: create, read, change, delete", async () => {
  const url = "token.actions.githubusercontent.com";
  const { OpenIDConnectProviderArn = "", Tags } = await create(`https://${url}`, {
    ClientIDList: ["sts.amazonaws.com"],
    ThumbprintList: [thumbprint.toUpperCase()],
    Tags: [{ Key: "team", Value: "platform" }],
  });
  expect(OpenIDConnectProviderArn).toBe(arnOf(url));
  expect(Tags).toEqual([{ Key: "team", Value: "platform" }]);
  expect(await get(OpenIDConnectProviderArn)).toEqual({
    Url: url,
    ClientIDList: ["sts.amazonaws.com"],
    ThumbprintList: [thumbprint],
    Tags: [{ Key: "team", Value: "platform" }],
  });

  const of = { OpenIDConnectProviderArn };
  const add = () => iam.addClientIDToOpenIDConnectProvider({ ...of, ClientID: "second" });
  await add();
  await add();
  const remove = { ...of, ClientID: "sts.amazonaws.com" };
  await iam.removeClientIDFromOpenIDConnectProvider(remove);
  await iam.removeClientIDFromOpenIDConnectProvider(remove);
  await iam.updateOpenIDConnectProviderThumbprint({ ...of, ThumbprintList: ["b".repeat(40)] });
  await iam.tagOpenIDConnectProvider({ ...of, Tags: [{ Key: "env", Value: "prod" }] });
  await iam.untagOpenIDConnectProvider({ ...of, TagKeys: ["team"] });
  expect(await get(OpenIDConnectProviderArn)).toEqual({
    Url: url,
    ClientIDList: ["second"],
    ThumbprintList: ["b".repeat(40)],
    Tags: [{ Key: "env", Value: "prod" }],
  });
  expect((await iam.listOpenIDConnectProviderTags(of)).Tags).toEqual([
    { Key: "env", Value: "prod" },
  ]);
  const listed = await iam.listOpenIDConnectProviders({});
  expect(listed.OpenIDConnectProviderList).toEqual([{ Arn: arnOf(url) }]);

  await iam.deleteOpenIDConnectProvider(of);
  expect(await refused(iam.getOpenIDConnectProvider(of))).toEqual([
    "NoSuchEntityException",
    `OpenIDConnect Provider not found for arn ${arnOf(url)}`,
    404,
  ]);
  expect((await iam.listOpenIDConnectProviders({})).OpenIDConnectProviderList).toEqual([]);
});

const invalid = "Invalid Open ID Connect Provider URL";

test.each([
  ["example.com", "ValidationError", invalid],
  ["https://", "ValidationError", invalid],
  ["http://example.com", "InvalidInputException", `${invalid}. The URL must begin with https://.`],
  ["https://user:word@example.com", "InvalidInputException", `${invalid}.`],
  ["https://example.com?a=b", "InvalidInputException", `${invalid}.`],
  ["https://example.com/a?b", "InvalidInputException", `${invalid}.`],
  ["https://example.com#a", "InvalidInputException", `${invalid}.`],
  ["https://example.com:0", "InvalidInputException", `${invalid}.`],
  ["https://exa_mple.com", "InvalidInputException", `${invalid}.`],
  ["https://example.com\\@evil.com", "InvalidInputException", `${invalid}.`],
])("%s is no provider's URL", async (url, code, message) => {
  expect(await refused(create(url))).toEqual([code, message, 400]);
});

test("a URL is one provider's, to the letter", async () => {
  for (const url of ["same.example", "same.example/", "same.example/Path", "same.example/path"]) {
    const { OpenIDConnectProviderArn } = await create(`https://${url}`);
    expect(OpenIDConnectProviderArn).toBe(arnOf(url));
  }
  expect(await refused(create("https://same.example"))).toEqual([
    "EntityAlreadyExistsException",
    "Provider with url https://same.example already exists.",
    409,
  ]);
  const raced = await Promise.allSettled([1, 2, 3].map(() => create("https://raced.example")));
  expect(raced.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("there are limits", async () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => `client-${at}`);
  const tooMany = "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100";
  expect(await refused(create("https://l.example", { ClientIDList: many(101) }))).toEqual([
    "LimitExceededException",
    tooMany,
    409,
  ]);
  await create("https://l.example", { ClientIDList: many(100) });
  const one = { OpenIDConnectProviderArn: arnOf("l.example"), ClientID: "one more" };
  expect((await refused(iam.addClientIDToOpenIDConnectProvider(one)))[1]).toBe(tooMany);

  const six = Array.from({ length: 6 }, (_, at) => String(at).repeat(40));
  const thumbprints = [
    "InvalidInputException",
    "Thumbprint list must contain fewer than 5 entries.",
    400,
  ];
  expect(await refused(create("https://t.example", { ThumbprintList: six }))).toEqual(thumbprints);
  const update = { OpenIDConnectProviderArn: arnOf("l.example"), ThumbprintList: six };
  expect(await refused(iam.updateOpenIDConnectProviderThumbprint(update))).toEqual(thumbprints);
  expect((await refused(create("https://t.example", { ThumbprintList: ["short"] })))[0]).toBe(
    "ValidationError",
  );
  const Tags = [
    { Key: "a", Value: "1" },
    { Key: "a", Value: "2" },
  ];
  expect(await refused(create("https://t.example", { Tags }))).toEqual([
    "InvalidInputException",
    "Duplicate tag keys found.",
    400,
  ]);
});

test("what isn't there can't be changed, and what isn't a provider isn't looked for", async () => {
  const of = { OpenIDConnectProviderArn: arnOf("nobody.example") };
  const message = `OpenIDConnect Provider not found for arn ${arnOf("nobody.example")}`;
  for (const work of sideBySide([
    iam.addClientIDToOpenIDConnectProvider({ ...of, ClientID: "a" }),
    iam.removeClientIDFromOpenIDConnectProvider({ ...of, ClientID: "a" }),
    iam.updateOpenIDConnectProviderThumbprint({ ...of, ThumbprintList: [thumbprint] }),
  ])) {
    expect(await refused(work)).toEqual(["NoSuchEntityException", message, 404]);
  }
  const inOtherWords = `OpenId connect Provider ${arnOf("nobody.example")} cannot be found.`;
  for (const work of sideBySide([
    iam.deleteOpenIDConnectProvider(of),
    iam.tagOpenIDConnectProvider({ ...of, Tags: [{ Key: "a", Value: "b" }] }),
    iam.untagOpenIDConnectProvider({ ...of, TagKeys: ["a"] }),
    iam.listOpenIDConnectProviderTags(of),
  ])) {
    expect(await refused(work)).toEqual(["NoSuchEntityException", inOtherWords, 404]);
  }
  const role = { OpenIDConnectProviderArn: `arn:aws:iam::${account}:role/somebody` };
  expect(await refused(iam.getOpenIDConnectProvider(role))).toEqual([
    "ValidationError",
    "Invalid resource type in ARN",
    400,
  ]);
  const nonsense = { OpenIDConnectProviderArn: "not an ARN but long enough" };
  expect((await refused(iam.getOpenIDConnectProvider(nonsense)))[1]).toBe(
    "Invalid ARN: not an ARN but long enough",
  );
});
