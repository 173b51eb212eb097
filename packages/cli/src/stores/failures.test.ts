import { describe, expect, test } from "vitest";
import { explained, NotThere, withoutValue } from "./failures.ts";

const secret = { service: "secretsmanager", name: "prod/db" } as const;
const parameter = { service: "ssm", name: "/a/b" } as const;

function failing(name: string, message: string) {
  return () => Promise.reject(Object.assign(new Error(message), { name }));
}

describe("a service's error", () => {
  test.each([
    [parameter, "ParameterNotFound", "UnknownError", "there is no ssm:/a/b"],
    [parameter, "ParameterVersionNotFound", "no 9", "ssm:/a/b has no such version"],
    [
      secret,
      "ResourceNotFoundException",
      "Secrets Manager can't find the specified secret.",
      "there is no secretsmanager:prod/db",
    ],
    [
      secret,
      "ResourceNotFoundException",
      "Secrets Manager can't find the specified secret value for staging label: X",
      "secretsmanager:prod/db has no such version",
    ],
  ])("tells what of %o is missing: %s", async (named, name, message, expected) => {
    const asked = explained(named, failing(name, message));
    await expect(asked).rejects.toThrow(expected);
    await expect(asked).rejects.toBeInstanceOf(NotThere);
  });

  test("tells of a deletion, and stays what it is otherwise", async () => {
    const deleted = failing(
      "InvalidRequestException",
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
    await expect(explained(secret, deleted)).rejects.toThrow(
      "secretsmanager:prod/db is scheduled for deletion",
    );
    const denied = failing("AccessDeniedException", "User: ada is not authorized");
    await expect(explained(secret, denied)).rejects.toThrow("User: ada is not authorized");
  });

  test("never repeats the value", () => {
    const error = withoutValue(new Error("Value 'wx_planted' at 'value' failed"), "wx_planted");
    expect(error).toMatchObject({ message: "Value '(the value)' at 'value' failed" });
  });
});
