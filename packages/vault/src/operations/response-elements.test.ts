import { expect, test } from "vitest";
import { responseElements } from "./response-elements.ts";

test("a reply is recorded in CloudTrail's spelling, times in its own form", () => {
  const output = {
    Credentials: { AccessKeyId: "ASIA", Expiration: new Date(Date.UTC(2018, 4, 3, 17, 51, 2)) },
    Tags: [{ Key: "Team", Value: "web" }],
    Description: undefined,
  };
  expect(responseElements(output)).toStrictEqual({
    credentials: { accessKeyId: "ASIA", expiration: "May 3, 2018 5:51:02 PM" },
    tags: [{ key: "Team", value: "web" }],
  });
});
