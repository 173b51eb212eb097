import { describe, expect, test } from "vitest";
import { recognise, shapes } from "./recognise.ts";
import { specimens } from "./specimens.fixture.ts";

test.each(specimens.map((each) => [`${each.provider} ${each.kind}`, each] as const))(
  "%s is recognised",
  (_, { provider, kind, variable, value }) => {
    expect(recognise(variable, value)?.shape).toMatchObject({ provider, kind });
  },
);

test("each shape has a specimen that no other shape takes", () => {
  const seen = specimens.map(({ variable, value }) => recognise(variable, value)?.shape);
  expect(shapes.filter((shape) => !seen.includes(shape))).toEqual([]);
});

test("each shape says where it is written", () => {
  for (const { source, kind } of shapes) {
    expect(source).toMatch(/^https:\/\/\S+( \([\w-]+\))?$/);
    expect(kind).toMatch(/^[a-z_]+$/);
  }
});

describe("a shape", () => {
  const stripe = (mode: string) => ["sk", mode, "0123456789abcdef"].join("_");

  test("says live from test", () => {
    expect(recognise("K", stripe("live"))?.mode).toBe("live");
    expect(recognise("K", stripe("test"))?.mode).toBe("test");
  });

  test("is of the whole value", () => {
    expect(recognise("K", `the key is ${stripe("live")}`)).toBeUndefined();
    expect(recognise("K", `${stripe("live")} `)).toBeUndefined();
  });

  test("may need its variable, in any spelling", () => {
    const digits = "0123456789abcdef".repeat(2);
    expect(recognise("OTHER", digits)).toBeUndefined();
    expect(recognise("twilio.authToken", digits)?.shape.provider).toBe("twilio");
    expect(recognise("ddApiKey", digits)?.shape.provider).toBe("datadog");
    expect(recognise("ADD_ON", digits)).toBeUndefined();
  });

  test("takes no long time over a long value", () => {
    for (const value of ["a".repeat(1e6), `postgres://${":".repeat(1e5)}`, "-".repeat(1e6)]) {
      expect(recognise("K", value)).toBeUndefined();
    }
  });
});
