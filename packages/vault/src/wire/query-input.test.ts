import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import {
  boolean,
  integer,
  list,
  map,
  refused,
  required,
  string,
  structure,
  timestamp,
  validate,
} from "../shapes/shapes.ts";
import { readParameters } from "./query-input.ts";

const shape = structure({
  UserName: string(),
  MaxItems: integer({ min: 1 }),
  OnlyAttached: boolean(),
  Since: timestamp(),
  TagKeys: list(string()),
  Tags: list(structure({ Key: required(string()), Value: string() })),
  Context: map(string(), string()),
  Policy: refused("not yet."),
  Filters: refused("not yet."),
});

function read(parameters: Record<string, string>): unknown {
  return readParameters(new Map(Object.entries(parameters)), shape);
}

function refusal(parameters: Record<string, string>): string {
  try {
    validate(shape, read(parameters));
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("flat parameters", () => {
  it("become what the shape declares, and the rest is ignored", () => {
    expect(
      read({
        Action: "X",
        UserName: "alice",
        MaxItems: "7",
        OnlyAttached: "true",
        "TagKeys.member.1": "a",
        "TagKeys.member.2": "b",
        "Tags.member.1.Key": "k",
        "Tags.member.1.Value": "v.w",
        "Context.entry.1.key": "c",
        "Context.entry.1.value": "d",
        "UserName.member.1": "ignored",
        "Nothing.here.at.all": "ignored",
      }),
    ).toEqual({
      UserName: "alice",
      MaxItems: 7,
      OnlyAttached: true,
      TagKeys: ["a", "b"],
      Tags: [{ Key: "k", Value: "v.w" }],
      Context: { c: "d" },
    });
  });

  it("make an empty input of nothing", () => {
    expect(read({})).toEqual({});
  });

  it("order a list by its numbers, whatever gaps they leave", () => {
    const sent = {
      "TagKeys.member.999999999": "c",
      "TagKeys.member.10": "b",
      "TagKeys.member.9": "a",
    };
    expect(read(sent)).toEqual({ TagKeys: ["a", "b", "c"] });
  });

  it("send an empty list as an empty value", () => {
    expect(read({ TagKeys: "", Context: "" })).toEqual({ TagKeys: [], Context: {} });
  });

  it.each([
    [{ MaxItems: "many" }, "MalformedInput"],
    [{ MaxItems: "1e3" }, "MalformedInput"],
    [{ MaxItems: "" }, "MalformedInput"],
    [{ OnlyAttached: "" }, "MalformedInput: missing value for boolean type"],
    [{ OnlyAttached: "yes" }, "MalformedInput: boolean must follow xsd1.1 definition"],
    [{ Since: "yesterday" }, "MalformedInput: timestamp must follow ISO8601"],
    [{ Since: "2026-13-45T00:00:00Z" }, "SerializationException"],
    [{ "TagKeys.member.x": "a" }, "MalformedInput"],
    [{ "TagKeys.member.0": "a" }, "MalformedInput"],
    [{ "TagKeys.member.9999999999": "a" }, "MalformedInput"],
    [{ "TagKeys.member.__proto__": "a" }, "MalformedInput"],
    [{ TagKeys: "a" }, "SerializationException"],
    [{ "Context.entry.1.key": "a" }, "MalformedInput"],
    [{ [Array(18).fill("a").join(".")]: "deep" }, "MalformedInput"],
    [{ "Tags.member.1.Value": "v" }, "Value null at 'tags.1.member.key'"],
  ])("refuses %j", (parameters, says) => {
    expect(refusal(parameters as Record<string, string>)).toContain(says);
  });

  it.each([{ Policy: "{}" }, { "Policy.member.1": "{}" }, { "Filters.member.1.Key": "k" }])(
    "never ignores what is refused: %j",
    (parameters) => {
      expect(refusal(parameters as Record<string, string>)).toContain(
        "not supported by this vault",
      );
    },
  );

  it("reach no prototype", () => {
    read({ "__proto__.polluted": "x", "constructor.prototype.polluted": "x" });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const context = read({ "Context.entry.1.key": "__proto__", "Context.entry.1.value": "x" });
    expect(JSON.stringify(context)).toBe('{"Context":{"__proto__":"x"}}');
  });

  it("are read or refused, whatever their names", () => {
    const segment = fc.oneof(
      fc.constantFrom(
        "Tags",
        "TagKeys",
        "Context",
        "member",
        "entry",
        "1",
        "2",
        "key",
        "value",
        "Key",
      ),
      fc.string({ maxLength: 5 }),
    );
    const name = fc.array(segment, { maxLength: 20 }).map((segments) => segments.join("."));
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ maxLength: 10 })), (parameters) => {
        expect(refusal(parameters).length).toBeLessThan(50_000);
      }),
    );
  });

  it("bring back any tags that an SDK flattens", () => {
    const tags = fc.array(fc.record({ Key: fc.string(), Value: fc.string() }), { minLength: 1 });
    fc.assert(
      fc.property(tags, (Tags) => {
        const flat = Tags.flatMap(({ Key, Value }, at) => [
          [`Tags.member.${at + 1}.Key`, Key],
          [`Tags.member.${at + 1}.Value`, Value],
        ]);
        expect(read(Object.fromEntries(flat))).toEqual({ Tags });
      }),
    );
  });
});
