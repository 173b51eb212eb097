// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import { describe, expect, it } from "vitest";
import { circumstances, secret, user } from "../policies.fixture.ts";
import { RequestContext } from "../request-context.ts";
import { glob } from "./glob.ts";
import { compileTemplates } from "./template.ts";

const ana = user([], { tags: { team: "blue", Star: "a*", empty: "" } });
const request = new RequestContext(ana, "ssm:GetParameter", secret(), circumstances, {
  "aws:TagKeys": ["one", "two"],
  "kms:ViaService": "ssm.us-east-1.amazonaws.com",
});

function matches(pattern: string, text: string, hasVariables = true, hasWildcards = true) {
  return compileTemplates([pattern], { hasVariables, hasWildcards }, glob)?.(text, request);
}

describe("policy variables", () => {
  it.each([
    ["home/${aws:username}/*", "home/ana/x", true],
    ["home/${aws:username}/*", "home/bob/x", false],
    ["${AWS:UserName}", "ana", true],
    ["${aws:PrincipalTag/team}-${aws:username}", "blue-ana", true],
    ["${aws:PrincipalTag/TEAM}", "blue", true],
    ["${kms:ViaService}", "ssm.us-east-1.amazonaws.com", true],
    ["${aws:PrincipalTag/absent, 'none'}", "none", true],
    ["${aws:PrincipalTag/absent,'no one'}x", "no onex", true],
    ["${aws:PrincipalTag/team, 'none'}", "blue", true],
    ["${*}${?}${$}", "*?$", true],
    ["${*}", "x", false],
    ["a$b", "a$b", true],
  ])("%s on %s is %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it("gives text, never pattern", () => {
    expect(matches("${aws:PrincipalTag/Star}", "a*")).toBe(true);
    expect(matches("${aws:PrincipalTag/Star}", "abc")).toBe(false);
  });

  it("matches nothing where a variable has no single value", () => {
    for (const text of ["", "*", "undefined", "${aws:PrincipalTag/absent}", "one", "one,two"]) {
      expect(matches("${aws:PrincipalTag/absent}", text)).toBe(false);
      expect(matches("${aws:TagKeys}", text)).toBe(false);
    }
  });

  it("takes an empty tag for none", () => {
    expect(matches("team-${aws:PrincipalTag/empty}*", "team-blue")).toBe(false);
    expect(matches("${aws:PrincipalTag/empty, 'none'}", "none")).toBe(true);
  });

  it("is text in documents of version 2008-10-17", () => {
    expect(matches("${aws:username}", "ana", false)).toBe(false);
    expect(matches("${aws:username}", "${aws:username}", false)).toBe(true);
  });

  it.each(["${aws:username", "${}", "${aws:user name}", "${aws:username, none}", "${a, 'b' c}"])(
    "refuses %s",
    (pattern) => {
      expect(matches(pattern, "ana")).toBeUndefined();
    },
  );

  it("has no wildcards where the operator compares whole texts", () => {
    expect(matches("a*", "a*", true, false)).toBe(true);
    expect(matches("a*", "abc", true, false)).toBe(false);
  });
});
