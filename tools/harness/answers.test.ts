import { expect, test } from "vitest";
import { Answers } from "./answers.ts";

function failure(status: number | undefined, headers: Record<string, string> = {}): Error {
  const $metadata = { ...(status !== undefined && { httpStatusCode: status }), requestId: "r" };
  return Object.assign(new Error("x"), { name: "Named", $metadata, $response: { headers } });
}

test.each([
  ["503 with Retry-After", failure(503, { "retry-after": "1" }), "unavailable"],
  ["503 without it", failure(503), "wrong"],
  ["500", failure(500), "wrong"],
  ["a broken connection", failure(undefined), "unanswered"],
  ["a mistake of our own", new TypeError("x"), "wrong"],
])("%s needs an excuse", async (_, error, kind) => {
  const answers = new Answers();
  const answer = await answers.take("one", "Get", () => Promise.reject(error));
  expect(answer).toEqual({ kind: "failed" });
  expect(answers.troubles).toMatchObject([{ node: "one", operation: "Get", kind }]);
  expect(answers.tallies.get("Get")).toMatchObject({ answered: 0, failed: 1 });
});

test("successes and refusals are answers, and known by their request ids", async () => {
  const answers = new Answers();
  const output = { $metadata: { httpStatusCode: 200, requestId: "a" } };
  expect(await answers.take("one", "Get", async () => output)).toEqual({ kind: "ok", output });
  const refused = await answers.take("one", "Get", () => Promise.reject(failure(400)));
  expect(refused).toEqual({ kind: "refused", code: "Named" });
  expect([...answers.requests]).toEqual([
    ["a", undefined],
    ["r", "Named"],
  ]);
  expect(answers.troubles).toEqual([]);
});
