import { describe, expect, it } from "vitest";
import { type Circumstances, draftVersion, type ParameterChange } from "./draft.ts";
import { readPolicies } from "./policies.ts";
import type { ParameterRecord } from "./records.ts";

function change(given: Partial<ParameterChange> = {}): ParameterChange {
  return { value: "v", isOverwrite: false, tags: [], modifiedBy: "arn", ...given };
}

function previous(given: Partial<ParameterRecord> = {}): ParameterRecord {
  return {
    id: "id",
    name: "/x",
    version: 1,
    oldestVersion: 1,
    type: "String",
    tier: "Standard",
    requestedTier: "Standard",
    dataType: "text",
    modifiedAt: 0,
    modifiedBy: "arn",
    fingerprint: "f",
    tags: {},
    ...given,
  };
}

const draft = (
  before: ParameterRecord | undefined,
  given: Partial<ParameterChange>,
  { isStandardFull = false, defaultTier = "Standard" }: Partial<Circumstances> = {},
) => draftVersion(before, change(given), { isStandardFull, defaultTier });

describe("a new parameter", () => {
  it("needs a type", () => {
    expect(() => draft(undefined, {})).toThrow(
      "A parameter type is required when you create a parameter.",
    );
  });

  it("is standard text under no key", () => {
    expect(draft(undefined, { type: "String" })).toMatchObject({
      type: "String",
      tier: "Standard",
      keyId: undefined,
    });
  });

  it("is under AWS's own key if it is secure and names none", () => {
    expect(draft(undefined, { type: "SecureString" }).keyId).toBe("alias/aws/ssm");
    expect(draft(undefined, { type: "SecureString", keyId: "k" }).keyId).toBe("k");
  });

  it("takes a key only if it is secure", () => {
    expect(() => draft(undefined, { type: "String", keyId: "k" })).toThrow(
      "KeyId is required for SecureString type parameter only.",
    );
  });

  it("may be made with Overwrite, but not with tags beside it", () => {
    expect(draft(undefined, { type: "String", isOverwrite: true }).type).toBe("String");
    const tags = [{ key: "a", value: "b" }];
    expect(() => draft(undefined, { type: "String", isOverwrite: true, tags })).toThrow(
      /^Invalid request: tags and overwrite can't be used together\./,
    );
    expect(draft(undefined, { type: "String", tags }).tags).toEqual({ a: "b" });
  });

  it("takes fifty tags, each once, none of AWS's", () => {
    const tags = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ key: `t${at}`, value: "" }));
    expect(Object.keys(draft(undefined, { type: "String", tags: tags(50) }).tags)).toHaveLength(50);
    expect(() => draft(undefined, { type: "String", tags: tags(51) })).toThrow(
      expect.objectContaining({ code: "TooManyTagsError" }),
    );
    const twice = [...tags(1), ...tags(1)];
    expect(() => draft(undefined, { type: "String", tags: twice })).toThrow(/Duplicate tag key/);
    const reserved = [{ key: "aws:x", value: "" }];
    expect(() => draft(undefined, { type: "String", tags: reserved })).toThrow(/aws: prefixed/);
  });

  it.each([
    ["aws:ec2:image", /^DataType aws:ec2:image is not supported by this vault/],
    ["aws:ssm:integration", /^DataType aws:ssm:integration is not supported by this vault/],
    ["Text", /^The following data type is not supported: Text \(Data type names are/],
  ])("has text and not %s", (dataType, message) => {
    expect(() => draft(undefined, { type: "String", dataType })).toThrow(message);
    expect(draft(undefined, { type: "String", dataType: "text" }).type).toBe("String");
  });

  it("can't nest another", () => {
    expect(() => draft(undefined, { type: "String", value: "{{ssm:x}}" })).toThrow(/can't nest/);
    expect(draft(undefined, { type: "String", value: "}}{{" }).type).toBe("String");
  });
});

describe("the next version", () => {
  it("needs Overwrite", () => {
    expect(() => draft(previous(), {})).toThrow(
      expect.objectContaining({ code: "ParameterAlreadyExists" }),
    );
  });

  it("keeps what the request leaves out", () => {
    const before = previous({
      type: "SecureString",
      keyId: "k",
      description: "d",
      allowedPattern: "[a-z]",
      tags: { a: "b" },
      tier: "Advanced",
    });
    expect(draft(before, { isOverwrite: true })).toEqual({
      type: "SecureString",
      keyId: "k",
      description: "d",
      allowedPattern: "[a-z]",
      tags: { a: "b" },
      tier: "Advanced",
      requestedTier: "Advanced",
    });
    expect(() => draft(before, { isOverwrite: true, value: "1" })).toThrow(/allowedPattern/);
  });

  it("loses what the request empties", () => {
    const before = previous({ description: "d", allowedPattern: "[0-9]" });
    const emptied = draft(before, { isOverwrite: true, description: "", allowedPattern: "" });
    expect(emptied).toMatchObject({ description: undefined, allowedPattern: undefined });
  });

  it("may change its type, and has no key then if it is not secure", () => {
    const secure = previous({ type: "SecureString", keyId: "k" });
    const plain = draft(secure, { isOverwrite: true, type: "String" });
    expect(plain).toMatchObject({ type: "String", keyId: undefined });
    expect(draft(previous(), { isOverwrite: true, type: "SecureString" }).keyId).toBe(
      "alias/aws/ssm",
    );
  });
});

describe("tiers", () => {
  const tierOf = (
    before: ParameterRecord | undefined,
    tier: ParameterChange["tier"],
    bytes: number,
    circumstances?: Partial<Circumstances>,
  ) => {
    const value = "v".repeat(bytes);
    return draft(before, { type: "String", isOverwrite: true, tier, value }, circumstances).tier;
  };

  it("hold 4 KB and 8 KB", () => {
    expect(tierOf(undefined, undefined, 4096)).toBe("Standard");
    expect(() => tierOf(undefined, "Standard", 4097)).toThrow(/^Standard tier parameters support/);
    expect(tierOf(undefined, "Advanced", 8192)).toBe("Advanced");
    expect(() => tierOf(undefined, "Advanced", 8193)).toThrow(/maximum .* of 8192 characters/);
  });

  it("count bytes, since KMS encrypts bytes", () => {
    const value = "é".repeat(2049);
    expect(() => draft(undefined, { type: "String", value })).toThrow(/^Standard tier/);
  });

  it("choose themselves when asked to", () => {
    const full = { isStandardFull: true };
    expect(tierOf(undefined, "Intelligent-Tiering", 4096)).toBe("Standard");
    expect(tierOf(undefined, "Intelligent-Tiering", 4097)).toBe("Advanced");
    expect(tierOf(undefined, "Intelligent-Tiering", 1, full)).toBe("Advanced");
    expect(tierOf(previous(), "Intelligent-Tiering", 1, full)).toBe("Standard");
  });

  it("only go up", () => {
    const advanced = previous({ tier: "Advanced" });
    expect(tierOf(previous(), "Advanced", 1)).toBe("Advanced");
    expect(tierOf(advanced, undefined, 1)).toBe("Advanced");
    expect(tierOf(advanced, "Intelligent-Tiering", 1)).toBe("Advanced");
    expect(() => tierOf(advanced, "Standard", 1)).toThrow(/You can't downgrade a parameter/);
  });

  it("are the account's default where none is named, but never go down for it", () => {
    const intelligent = { defaultTier: "Intelligent-Tiering" } as const;
    expect(tierOf(undefined, undefined, 1, { defaultTier: "Advanced" })).toBe("Advanced");
    expect(tierOf(previous(), undefined, 1, { defaultTier: "Advanced" })).toBe("Advanced");
    expect(tierOf(undefined, undefined, 4097, intelligent)).toBe("Advanced");
    expect(tierOf(undefined, undefined, 1, intelligent)).toBe("Standard");
    expect(tierOf(undefined, "Standard", 1, { defaultTier: "Advanced" })).toBe("Standard");
    expect(tierOf(previous({ tier: "Advanced" }), undefined, 1)).toBe("Advanced");
  });
});

describe("policies", () => {
  const expiration = (Timestamp: string) =>
    `{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"${Timestamp}"}}`;
  const policies = `[${expiration("2030-01-01T00:00:00Z")}]`;
  const create = { type: "String", policies } as const;

  it("need the advanced tier, which Intelligent-Tiering gives them", () => {
    expect(() => draft(undefined, create)).toThrow(
      "You can't assign parameter policies to a standard-parameter tier.",
    );
    expect(draft(undefined, { ...create, tier: "Intelligent-Tiering" }).tier).toBe("Advanced");
    expect(draft(undefined, { ...create, tier: "Advanced" }).policies).toHaveLength(1);
  });

  it("stay until others are sent, or the empty policy", () => {
    const before = previous({ tier: "Advanced", policies: readPolicies(policies) });
    const after = (sent?: string) => draft(before, { isOverwrite: true, policies: sent }).policies;
    expect(after()).toEqual(before.policies);
    expect(after(`[${expiration("2031-01-01T00:00:00Z")}]`)?.[0]?.text).toContain("2031");
    expect(after("[{}]")).toBeUndefined();
  });

  it("that are sent again have still given their notice", () => {
    const told = readPolicies(policies).map((policy) => ({ ...policy, given: 7 }));
    const before = previous({ tier: "Advanced", policies: told });
    const after = (sent: string) => draft(before, { isOverwrite: true, policies: sent }).policies;
    expect(after(policies)).toEqual(told);
    expect(after(`[${expiration("2031-01-01T00:00:00Z")}]`)?.[0]?.given).toBeUndefined();
  });
});
