/** Parameter policies as an unmodified AWS client sees them. */
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";

let vault: TestVault;
let ssm: SSM;

beforeAll(async () => {
  vault = await startVault();
  ssm = new SSM(vault.client);
  // Signs at the vault's time, however far the clock was moved and whatever a reply's date says.
  const get = () => vault.clock.now() - Date.now();
  Object.defineProperty(ssm.config, "systemClockOffset", { get, set() {} });
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  ssm.destroy();
  await vault.close();
});

const inAnHour = () => new Date(vault.clock.now() + 3_600_000).toISOString();
const expiration = (Timestamp: string) =>
  JSON.stringify({ Type: "Expiration", Version: "1.0", Attributes: { Timestamp } });
const notification =
  '{"Type":"ExpirationNotification","Version":"1.0","Attributes":{"Before":"12","Unit":"Hours"}}';

describe("policies", () => {
  it("are shown with what became of them, and in the history", async () => {
    const text = expiration("2099-07-07T22:30:00Z");
    const put = { Name: "/p/shown", Value: "v", Type: "String", Tier: "Advanced" } as const;
    await ssm.putParameter({ ...put, Policies: `[${text}, ${notification}]` });
    await ssm.putParameter({ ...put, Overwrite: true, Policies: "[{}]" });
    const { Parameters: versions } = await ssm.getParameterHistory({ Name: "/p/shown" });
    expect(versions?.map(({ Policies }) => Policies)).toEqual([
      [
        { PolicyText: text, PolicyType: "Expiration", PolicyStatus: "Pending" },
        {
          PolicyText: notification,
          PolicyType: "ExpirationNotification",
          PolicyStatus: "Pending",
        },
      ],
      [],
    ]);
    await ssm.putParameter({ ...put, Overwrite: true, Policies: `[${text}]` });
    const { Parameters } = await ssm.describeParameters({
      ParameterFilters: [{ Key: "Name", Values: ["/p/shown"] }],
    });
    expect(Parameters?.[0]?.Policies).toEqual([
      { PolicyText: text, PolicyType: "Expiration", PolicyStatus: "Pending" },
    ]);
  });

  it("need the advanced tier", async () => {
    const Policies = `[${expiration(inAnHour())}]`;
    const put = { Name: "/p/tier", Value: "v", Type: "String", Policies } as const;
    expect(await refusal(ssm.putParameter(put))).toBe(
      "ValidationException: You can't assign parameter policies to a standard-parameter tier.",
    );
    const Tier = "Intelligent-Tiering";
    expect(await ssm.putParameter({ ...put, Tier })).toMatchObject({ Tier: "Advanced" });
  });

  it.each([
    ["[", /^ValidationException: Invalid policies input: \[\.$/],
    ['[{"Type":"Expire"}]', /^InvalidPolicyTypeException: Policy type Expire is not supported\.$/],
    [`[${expiration("soon")}]`, /^InvalidPolicyAttributeException: Invalid timestamp format$/],
    [
      `[${notification}]`,
      /^IncompatiblePolicyException: Expiration notification policies are missing/,
    ],
    [
      `[${Array(11).fill(notification).join()}]`,
      /^PoliciesLimitExceededException: Number of policies attached to a parameter cannot exceed 10/,
    ],
    ["x".repeat(4097), /^ValidationException: .* at 'policies' .* less than or equal to 4096$/],
  ])("are refused: %s", async (Policies, message) => {
    const put = { Name: "/p/bad", Value: "v", Type: "String", Tier: "Advanced" } as const;
    expect(await refusal(ssm.putParameter({ ...put, Policies }))).toMatch(message);
    expect(await refusal(ssm.getParameter({ Name: "/p/bad" }))).toMatch(/^ParameterNotFound/);
  });

  it("end a parameter at once, for every operation", async () => {
    const Name = "/p/end/x";
    await ssm.putParameter({
      Name,
      Value: "v",
      Type: "SecureString",
      Tier: "Advanced",
      Policies: `[${expiration(inAnHour())}]`,
    });
    await ssm.labelParameterVersion({ Name, Labels: ["prod"] });
    vault.clock.advance(3_599_000);
    expect((await ssm.getParameter({ Name })).Parameter?.Version).toBe(1);
    vault.clock.advance(2000);
    const gone = /^ParameterNotFound/;
    expect(await refusal(ssm.getParameter({ Name }))).toMatch(gone);
    expect(await refusal(ssm.getParameter({ Name: `${Name}:1` }))).toMatch(gone);
    expect(await refusal(ssm.getParameterHistory({ Name }))).toMatch(gone);
    expect(await refusal(ssm.deleteParameter({ Name }))).toMatch(gone);
    expect(await refusal(ssm.labelParameterVersion({ Name, Labels: ["x"] }))).toMatch(gone);
    expect(
      await refusal(ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: Name })),
    ).toMatch(/^InvalidResourceId/);
    expect((await ssm.getParameters({ Names: [Name] })).InvalidParameters).toEqual([Name]);
    expect((await ssm.deleteParameters({ Names: [Name] })).InvalidParameters).toEqual([Name]);
    expect((await ssm.getParametersByPath({ Path: "/p/end" })).Parameters).toEqual([]);
    const filters = { ParameterFilters: [{ Key: "Path", Values: ["/p/end"] }] };
    expect((await ssm.describeParameters(filters)).Parameters).toEqual([]);
    expect(await ssm.putParameter({ Name, Value: "w", Type: "String" })).toMatchObject({
      Version: 1,
      Tier: "Standard",
    });
    expect((await ssm.getParameter({ Name })).Parameter?.Value).toBe("w");
  });
});
