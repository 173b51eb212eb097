import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arnLikePattern, resourcePattern } from "./arn-pattern.ts";
import { tokensOf } from "./glob.ts";

const resource = (pattern: string, arn: string) => resourcePattern(tokensOf(pattern))(arn);
const arnLike = (pattern: string, arn: string) => arnLikePattern(tokensOf(pattern))(arn);

const parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/myapp/production/db";
const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";

describe("a Resource element", () => {
  it.each([
    ["*", secret, true],
    [secret, secret, true],
    [secret.toUpperCase(), secret, false],
    ["arn:aws:ssm:*:*:parameter/myapp/production/*", parameter, true],
    ["arn:aws:ssm:*:*:parameter/myapp/staging/*", parameter, false],
    ["arn:aws:ssm:us-*-1:*:parameter/*", parameter, true],
    ["arn:aws:ssm:us-east-?:1234????????:parameter/*", parameter, true],
    ["arn:aws:ssm:us-east-?:1234?:parameter/*", parameter, false],
    ["arn:aws:secretsmanager:*:*:secret:prod/*", secret, true],
    ["arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-??????", secret, true],
    // A star that ends a part runs past the colon, any other does not.
    ["arn:aws:secretsmanager:*:secret:prod/db-AbCdEf", secret, true],
    ["arn:aws:secretsmanager:us-*", secret, true],
    ["arn:aws:secretsmanager:us-*2:secret:prod/db-AbCdEf", secret, false],
    ["arn:aws:secretsmanager:us?east?1?123456789012:secret:prod/*:*", secret, false],
    // What an incomplete ARN lacks may be anything.
    ["arn:aws:secretsmanager", secret, true],
    ["arn:aws:secretsmanager:us-east-1", secret, true],
    ["arn:aws:secretsmanager:us-east", secret, false],
    ["arn:aws:secretsmanager:us-east-1:123456789012:secret", secret, false],
  ])("%s on %s is %s", (pattern, arn, expected) => {
    expect(resource(pattern, arn)).toBe(expected);
  });

  it("agrees with its definition, letter by letter", () => {
    const letters = (...from: string[]) =>
      fc.array(fc.constantFrom(...from), { maxLength: 14 }).map((each) => each.join(""));
    fc.assert(
      fc.property(letters("a", ":", "*", "?", ":"), letters("a", "b", ":", ":"), (pattern, arn) => {
        if (pattern === "*") return;
        const colons = pattern.split(":").length - 1;
        const completed = pattern + ":*".repeat(Math.max(0, 5 - colons));
        expect(resource(pattern, arn), `${pattern} on ${arn}`).toBe(naive(completed, arn, 0));
      }),
      { numRuns: 5_000 },
    );
  });

  it("ends, whatever pattern an author wrote", () => {
    const arn = `arn:aws:iam::123456789012:user/${":".repeat(500)}ana`;
    expect(resource("arn:aws:*?*:*:*:*a*b*c*x", arn)).toBe(false);
  });
});

describe("the Arn operators", () => {
  it.each([
    ["*", secret, true],
    [secret, secret, true],
    ["arn:aws:secretsmanager:*:*:secret:prod/*", secret, true],
    ["arn:aws:secretsmanager:*:secret:prod/db-AbCdEf", secret, false],
    ["arn:aws:secretsmanager:*", secret, true],
    ["arn:aws:secretsmanager", secret, false],
    ["arn:aws:ssm:*:123456789012:*", parameter, true],
    ["arn:aws:ssm:us-?ast-1:123456789012:*", parameter, true],
    ["arn:aws:ssm:*:*:*", "not an ARN", false],
  ])("%s on %s is %s", (pattern, arn, expected) => {
    expect(arnLike(pattern, arn)).toBe(expected);
  });
});

/** `part` counts the colons that the pattern has left behind: from the fifth on all is free. */
function naive(pattern: string, text: string, part: number): boolean {
  const [first, second] = pattern;
  const rest = pattern.slice(1);
  if (first === undefined) return text === "";
  const isHeld = part < 5 && text[0] === ":";
  if (first === "*") {
    const mayTake = text !== "" && (!isHeld || second === ":" || second === undefined);
    return naive(rest, text, part) || (mayTake && naive(pattern, text.slice(1), part));
  }
  if (first === "?") return text !== "" && !isHeld && naive(rest, text.slice(1), part);
  return first === text[0] && naive(rest, text.slice(1), part + (first === ":" ? 1 : 0));
}
