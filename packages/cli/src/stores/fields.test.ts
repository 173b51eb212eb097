import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldText, readFields, withField, withoutField } from "./fields.ts";

const fields = (text: string) => readFields(text) ?? {};

test("only a JSON object has fields", () => {
  for (const text of ["", "wx_token", "1", '"a"', "null", "[1]", '{"a":']) {
    expect(readFields(text)).toBeUndefined();
  }
  expect(Object.keys(fields('{"a":1,"b":"x"}'))).toEqual(["a", "b"]);
});

test("strings are given as they are, the rest as JSON", () => {
  const found = fields('{"s":"a b","n":1.50,"o":{"x":[true,null]}}');
  expect(fieldText(found, "s")).toBe("a b");
  expect(fieldText(found, "n")).toBe("1.50");
  expect(fieldText(found, "o")).toBe('{"x":[true,null]}');
  expect(fieldText(found, "toString")).toBeUndefined();
});

describe("setting a field", () => {
  test("leaves the others to the last digit", () => {
    const text = '{"id":12345678901234567890,"rate":1.10,"key":"old"}';
    expect(withField(fields(text), "key", "new")).toBe(
      '{"id":12345678901234567890,"rate":1.10,"key":"new"}',
    );
  });

  test("keeps its kind: a port stays a number", () => {
    expect(withField(fields('{"port":5432}'), "port", "5433")).toBe('{"port":5433}');
    for (const given of ["none", '"5433"', "", '1,"more":2']) {
      expect(() => withField(fields('{"port":5432}'), "port", given)).toThrow(
        "the field 'port' holds JSON of the kind number, and what was given is none",
      );
    }
    expect(withField(fields('{"a":null}'), "a", "1")).toBe('{"a":"1"}');
  });

  test("changes that field and no other", () => {
    const objects = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constant(null)));
    fc.assert(
      fc.property(objects, fc.string(), fc.string(), (object, field, text) => {
        const after: unknown = JSON.parse(withField(fields(JSON.stringify(object)), field, text));
        expect(new Map(Object.entries(after as object))).toEqual(
          new Map([...Object.entries(object), [field, text]]),
        );
      }),
    );
  });
});

test("a field is removed, the others stay", () => {
  expect(withoutField(fields('{"a":1e2,"b":2}'), "b")).toBe('{"a":1e2}');
});
