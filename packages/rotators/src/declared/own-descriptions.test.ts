import { expect, test } from "vitest";
import { rotatorsByType } from "../rotators.ts";
import { readOwnDescriptions } from "./own-descriptions.ts";
import { readyDescriptions } from "./providers/ready-descriptions.ts";

test("no description takes the name of a rotator that is there, code or description", () => {
  const { sites: _, ...acme } = { sites: {}, ...readyDescriptions.SendGridApiKey };
  expect(Object.keys(readOwnDescriptions({ AcmeApiKey: acme }))).toEqual(["AcmeApiKey"]);
  for (const type of rotatorsByType().keys()) {
    expect(() => readOwnDescriptions({ [type]: acme })).toThrow(
      `types.${type} is the name of a ready type`,
    );
  }
});
