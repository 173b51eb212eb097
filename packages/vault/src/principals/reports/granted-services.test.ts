import { expect, test } from "vitest";
import { grantsService } from "./granted-services.ts";

const one = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: { Resource: "*", ...statement } });

test.each<[string, object, boolean]>([
  ["an action of it", { Effect: "Allow", Action: "ssm:GetParameter" }, true],
  ["in any case", { Effect: "Allow", Action: ["kms:*", "SSM:get*"] }, true],
  ["everything", { Effect: "Allow", Action: "*" }, true],
  ["another service", { Effect: "Allow", Action: ["ssmmessages:OpenDataChannel"] }, false],
  ["a denial", { Effect: "Deny", Action: "ssm:*" }, false],
  ["all but another", { Effect: "Allow", NotAction: "kms:*" }, true],
  ["all but some of it", { Effect: "Allow", NotAction: ["ssm:Put*", "kms:*"] }, true],
  ["all but it", { Effect: "Allow", NotAction: ["SSM:*"] }, false],
  ["all but all", { Effect: "Allow", NotAction: "*" }, false],
])("%s", (_what, statement, isGranted) => {
  expect(grantsService(one(statement), "ssm")).toBe(isGranted);
});
