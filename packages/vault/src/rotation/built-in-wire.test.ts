import { describe, expect, it } from "vitest";
import { capabilitiesOf, problemOf, type RotatorType, readReply } from "./built-in-wire.ts";

const type: RotatorType = {
  type: "AcmeKey",
  strategy: "overlap",
  revokes: true,
  metadata: {
    project: { required: true },
    adminSecretArn: { required: false },
    gracePeriod: { required: false },
    readerDays: { required: false },
  },
};

describe("metadata", () => {
  it.each([
    [{}, "The type AcmeKey needs the metadata project."],
    [{ project: "" }, "The type AcmeKey needs the metadata project."],
    [{ project: "p", colour: "red" }, "The type AcmeKey knows no metadata named colour."],
    [
      { project: "p", gracePeriod: "1 day" },
      "The metadata gracePeriod must be a time such as 30m, 24h or 7d.",
    ],
    [
      { project: "p", gracePeriod: "400d" },
      "The metadata gracePeriod must be a time such as 30m, 24h or 7d.",
    ],
    [
      { project: "p", adminSecretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:*" },
      "The metadata adminSecretArn must be the ARN of a secret.",
    ],
    [{ project: "p", readerDays: "0" }, "The metadata readerDays must be a number from 1 to 90."],
    [{ project: "p", gracePeriod: "0s", readerDays: "30" }, undefined],
  ] as const)("%j", (metadata, problem) => {
    expect(problemOf(type, metadata)).toBe(problem);
  });

  it("says how long the old key lives, and how far back readers are looked for", () => {
    const times = (metadata = {}) => {
      const { graceMilliseconds, readerDays } = capabilitiesOf(type, metadata);
      return [graceMilliseconds, readerDays];
    };
    expect(times()).toEqual([86_400_000, 7]);
    expect(times({ gracePeriod: "30m", readerDays: "2" })).toEqual([1_800_000, 2]);
  });
});

it("a reply tells what is ours, and anything else is nothing", () => {
  expect(readReply(null)).toEqual({});
  expect(readReply({ statusCode: 200, OldKeyLivesUntil: "soon" })).toEqual({});
  expect(readReply({ ByHand: null, OldKeyLivesUntil: null, OldKeyIsDead: null })).toEqual({});
  expect(readReply({ OldKeyLivesUntil: "2026-01-01T00:00:00Z" })).toEqual({
    oldKeyLivesUntil: Date.UTC(2026, 0, 1),
  });
  expect(readReply({ ByHand: { instructions: "Ask Ana." } })).toEqual({
    byHand: { instructions: "Ask Ana." },
  });
});
