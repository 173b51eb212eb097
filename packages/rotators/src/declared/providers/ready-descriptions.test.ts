/** What comes with Claviger meets what is asked of an operator's own descriptions. */
import { expect, test } from "vitest";
import { declaredRotators } from "../declared-rotators.ts";
import { readDescription } from "../read-descriptions.ts";
import { readyDescriptions } from "./ready-descriptions.ts";

test.each(Object.entries(readyDescriptions))("%s is valid", (type, description) => {
  expect(readDescription(JSON.parse(JSON.stringify(description)), type)).toEqual(description);
});

test("each says that nobody has tried it against its provider, and where that documents it", () => {
  const rotators = declaredRotators();
  expect(rotators.map(({ type }) => type)).toEqual(Object.keys(readyDescriptions));
  for (const { standing, documentation } of rotators) {
    expect(standing).toBe("from the provider's documentation, not tried against it");
    expect(documentation).toMatch(/^https:\/\//);
  }
});
