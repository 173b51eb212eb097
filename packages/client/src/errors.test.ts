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
