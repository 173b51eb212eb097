import { describe, expect, test } from "vitest";
import { account, root, session, user } from "../policies.fixture.ts";
import { compilePrincipals } from "./principals.ts";

const ana = user();
const web = session();
const principalIds = { [ana.arn]: ana.principalId, [String(web.roleArn)]: "AROAEXAMPLEWEB" };

function named(values: readonly string[], isNotPrincipal = false) {
  const principals = values.map((value) => ({ type: "AWS" as const, value }));
  return compilePrincipals(principals, { isNotPrincipal, isTrust: true, principalIds });
}

describe("an ARN that is bound to a unique id", () => {
  test("names the user who has the id, whatever the user's ARN is now", () => {
    const { reach } = named([ana.arn]);
    expect(reach(ana)).toBe("caller");
    expect(reach({ ...ana, arn: `arn:aws:iam::${account}:user/moved/ana` })).toBe("caller");
  });

  test("doesn't name a later user of the same ARN", () => {
    const { reach, include } = named([ana.arn]);
    const later = { ...ana, principalId: "AIDAEXAMPLELATER" };
    expect(reach(later)).toBe("none");
    expect(include(later)).toBe(false);
  });

  test("names every session of the role that has the id, and of no later role", () => {
    const { reach } = named([String(web.roleArn)]);
    expect(reach(web)).toBe("role");
    expect(reach({ ...web, principalId: "AROAEXAMPLEWEB:i-2" })).toBe("role");
    expect(reach({ ...web, principalId: "AROAEXAMPLELATER:i-1" })).toBe("none");
    expect(reach({ ...web, principalId: "AROAEXAMPLEWE:i-1" })).toBe("none");
  });

  test("leaves those beside it as they are written", () => {
    const { reach } = named([ana.arn, web.arn, account]);
    expect(reach({ ...web, principalId: "AROAEXAMPLELATER:i-1" })).toBe("caller");
    expect(reach({ ...ana, principalId: "AIDAEXAMPLELATER" })).toBe("account");
    expect(reach(root())).toBe("account");
  });

  test("exempts from a Deny only who has the id", () => {
    const { include } = named([account, ana.arn, web.arn, String(web.roleArn)], true);
    expect(include(ana)).toBe(false);
    expect(include({ ...ana, principalId: "AIDAEXAMPLELATER" })).toBe(true);
    expect(include(web)).toBe(false);
    expect(include({ ...web, principalId: "AROAEXAMPLELATER:i-1" })).toBe(true);
  });
});
