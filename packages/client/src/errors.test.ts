import { expect, test } from "vitest";
import { asSecretsError } from "./errors.ts";
import { TransportError } from "./transport/transport.ts";

test.each([
  ["ParameterNotFound", "NotFound"],
  ["ValidationException", "Invalid"],
  ["AccessDeniedException", "AccessDenied"],
  // Names that JavaScript has on every object.
  ["constructor", "AccessDenied"],
  ["toString", "AccessDenied"],
])("a service that says %s is told as %s", (code, told) => {
  const refusal = new TransportError(code, "why", { kind: "refused" });
  expect(asSecretsError(refusal, "ssm:/a")).toMatchObject({ code: told, cause: refusal });
});

test("an error says why, also where nobody looks at its cause", () => {
  const why = "AccessDeniedException: User: arn:aws:iam::1:user/a may not ssm:GetParameter";
  const refusal = new TransportError("AccessDeniedException", why, { kind: "refused" });
  expect(asSecretsError(refusal, "ssm:/a").message).toBe(`ssm:/a may not be read: ${why}`);
  const gone = new TransportError("InvalidRequestException", "marked for deletion", {
    kind: "refused",
  });
  expect(asSecretsError(gone, "a").message).toBe("a does not exist: marked for deletion");
  // What is not ours to know may quote anything.
  const stranger = asSecretsError(new Error("wx_1"), "ssm:/a");
  expect(stranger.message).toBe("ssm:/a could not be fetched");
});
