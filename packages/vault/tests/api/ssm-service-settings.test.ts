/** Parameter Store's service settings as an unmodified AWS client sees them. */
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

const SettingId = "/ssm/parameter-store/default-parameter-tier";
const throughput = "/ssm/parameter-store/high-throughput-enabled";
const arnOf = (id: string) => `arn:aws:ssm:us-east-1:123456789012:servicesetting${id}`;
const settingOf = async (id: string) =>
  (await ssm.getServiceSetting({ SettingId: id })).ServiceSetting;

describe("a service setting", () => {
  it("has its default until it is changed", async () => {
    expect(await settingOf(SettingId)).toEqual({
      SettingId,
      SettingValue: "Standard",
      LastModifiedDate: expect.any(Date),
      LastModifiedUser: "System",
      ARN: arnOf(SettingId),
      Status: "Default",
    });
    expect((await settingOf(arnOf(throughput)))?.SettingValue).toBe("false");
  });

  it("is changed by its name or ARN, in one region, and reset", async () => {
    await ssm.updateServiceSetting({ SettingId: arnOf(throughput), SettingValue: "true" });
    expect(await settingOf(throughput)).toMatchObject({
      SettingId: throughput,
      SettingValue: "true",
      LastModifiedUser: "arn:aws:iam::123456789012:root",
      Status: "Customized",
    });
    const elsewhere = new SSM({ ...vault.client, region: "eu-west-1" });
    const there = await elsewhere.getServiceSetting({ SettingId: throughput });
    elsewhere.destroy();
    expect(there.ServiceSetting?.SettingValue).toBe("false");
    await vault.restart();
    const { ServiceSetting } = await ssm.resetServiceSetting({ SettingId: throughput });
    expect(ServiceSetting).toMatchObject({ SettingValue: "false", Status: "Default" });
    expect(await settingOf(throughput)).toEqual(ServiceSetting);
  });

  it("gives parameters their tier", async () => {
    const put = (Name: string, Value: string) =>
      ssm.putParameter({ Name, Value, Type: "String", Overwrite: true });
    expect(await put("/s/a", "v")).toMatchObject({ Tier: "Standard" });
    await ssm.updateServiceSetting({ SettingId, SettingValue: "Advanced" });
    expect(await put("/s/a", "v")).toMatchObject({ Tier: "Advanced" });
    await ssm.updateServiceSetting({ SettingId, SettingValue: "Intelligent-Tiering" });
    expect(await put("/s/b", "v")).toMatchObject({ Tier: "Standard" });
    expect(await put("/s/c", "v".repeat(4097))).toMatchObject({ Tier: "Advanced" });
    await ssm.resetServiceSetting({ SettingId });
    expect(await put("/s/a", "w")).toMatchObject({ Tier: "Advanced" });
    expect(await refusal(put("/s/d", "v".repeat(4097)))).toMatch(/Standard tier parameters/);
  });

  it.each([
    "/ssm/managed-instance/activation-tier",
    "constructor",
    arnOf(SettingId).replace("us-east-1", "eu-west-1"),
  ])("is not %s", async (strange) => {
    const input = { SettingId: strange };
    const notFound = /^ServiceSettingNotFound: /;
    expect(await refusal(ssm.getServiceSetting(input))).toMatch(notFound);
    expect(await refusal(ssm.resetServiceSetting(input))).toMatch(notFound);
    expect(await refusal(ssm.updateServiceSetting({ ...input, SettingValue: "x" }))).toMatch(
      notFound,
    );
  });

  it("has no other values than its own", async () => {
    expect(await refusal(ssm.updateServiceSetting({ SettingId, SettingValue: "Basic" }))).toMatch(
      /^ValidationException: The value isn't valid .*\[Standard, Advanced, Intelligent-Tiering\]/,
    );
    expect((await settingOf(SettingId))?.SettingValue).toBe("Standard");
  });
});
