import { expect, test } from "vitest";
import { spelled } from "./rotation.ts";

test("a reply is spelled as this language does, its moments as dates", () => {
  const reply = {
    ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf",
    GraceUntil: 1_795_348_800.5,
    LaggardCount: 1,
    FailureReason: null,
    Laggards: [{ PrincipalArn: "arn:aws:iam::123456789012:role/web", LastReadDate: 1_795_348_800 }],
  };
  expect(spelled(reply)).toEqual({
    arn: reply.ARN,
    graceUntil: new Date("2026-11-22T12:00:00.500Z"),
    laggardCount: 1,
    laggards: [
      {
        principalArn: "arn:aws:iam::123456789012:role/web",
        lastReadDate: new Date("2026-11-22T12:00:00Z"),
      },
    ],
  });
});
