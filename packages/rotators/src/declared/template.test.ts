import { expect, test } from "vitest";
import { fillJson, fillPath, fillText, fillTexts } from "./template.ts";

const bindings = {
  name: "claviger-1",
  keyId: "a/b?c#d",
  dots: "..",
  empty: "",
  "metadata.team": "blue",
  "copied.scopes": ["mail.send"],
  graceSeconds: 60,
};

test("a text is filled with what each placeholder stands for", () => {
  expect(fillText("Bearer {name}, {metadata.team}", bindings)).toBe("Bearer claviger-1, blue");
  expect(fillText("{graceSeconds}", bindings)).toBe("60");
});

test("nothing filled into a path leaves its segment", () => {
  expect(fillPath("/keys/{keyId}/x", bindings)).toBe("/keys/a%2Fb%3Fc%23d/x");
  expect(() => fillPath("/keys/{dots}", bindings)).toThrow("{dots} can't be in a path");
});

test.each(["{empty}", "{unknown}", "{copied.scopes}"])("a text can't be made of %s", (template) => {
  expect(() => fillText(template, bindings)).toThrow(`There is nothing for ${template}.`);
});

test("in JSON a placeholder that stands alone keeps its type, and goes where there is nothing", () => {
  const template = {
    scopes: "{copied.scopes}",
    seconds: "{graceSeconds}",
    name: "for {name}",
    gone: "{copied.condition}",
    list: ["{metadata.team}", 1, null],
  };
  expect(fillJson(template, bindings)).toEqual({
    scopes: ["mail.send"],
    seconds: 60,
    name: "for claviger-1",
    list: ["blue", 1, null],
  });
  expect(fillTexts({ a: "{metadata.team}", b: "{metadata.org}" }, bindings)).toEqual({ a: "blue" });
});
