import { describe, expect, it } from "vitest";
import { parseRates } from "./rates.ts";

describe("parseRates", () => {
  it("reads limits of accounts, principals and operations", () => {
    expect(parseRates("account=1000, principal=100,ssm:GetParameter=40")).toEqual({
      account: 1000,
      principal: 100,
      operations: new Map([["ssm:GetParameter", 40]]),
    });
    expect(parseRates("kms:Decrypt=1")).toMatchObject({ account: undefined, principal: undefined });
  });

  it.each([
    ["", "''"],
    ["account=0", "'account=0'"],
    ["account=-1", "'account=-1'"],
    ["account=1.5", "'account=1.5'"],
    ["account=1000001", "'account=1000001'"],
    ["account=10,", "''"],
    ["user=10", "'user=10'"],
    ["ssm=10", "'ssm=10'"],
    ["ssm:*=10", "'ssm:*=10'"],
    ["principal", "'principal'"],
  ])("refuses %j and says which part is off", (text, named) => {
    expect(() => parseRates(text)).toThrow(`${named} is not a rate of 1 to 1000000 requests`);
  });

  it("refuses two rates for one thing", () => {
    expect(() => parseRates("account=10,account=20")).toThrow("account has two rates");
  });
});
