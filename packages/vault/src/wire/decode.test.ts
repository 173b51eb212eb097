import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import { string, structure, validate } from "../shapes/shapes.ts";
import { decodeInput } from "./decode.ts";
import type { Route } from "./route.ts";

const route: Route = {
  service: "secretsmanager",
  operation: "GetSecretValue",
  protocol: "aws-json",
  xmlNamespace: undefined,
  problem: undefined,
};
const shape = structure({ SecretId: string(), SecretString: string({ isSensitive: true }) });

function decode(body: string | Uint8Array): unknown {
  return decodeInput(
    route,
    {
      method: "POST",
      target: "/",
      headers: {},
      body: Buffer.from(body),
      sourceAddress: "",
      isSecureTransport: false,
      problem: undefined,
    },
    shape,
  );
}

function thrownBy(body: string | Uint8Array): ApiError {
  try {
    validate(shape, decode(body));
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a JSON body", () => {
  it("is read as UTF-8", () => {
    expect(decode('{"SecretId":"schlüssel🔑"}')).toEqual({ SecretId: "schlüssel🔑" });
  });

  it.each(["", "{", "null", '"x"', "1", '{"SecretId":"a",}', '\uFEFF{"SecretId":"a"}'])(
    "%j is refused without a message, as AWS does",
    (body) => {
      expect(thrownBy(body)).toMatchObject({ code: "SerializationException", message: "" });
    },
  );

  it("is told that it must not be a list", () => {
    expect(thrownBy("[]").message).toBe("Start of list found where not expected");
  });

  it("is refused rather than repaired when it isn't UTF-8", () => {
    const body = Buffer.concat([
      Buffer.from('{"SecretId":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    expect(thrownBy(body).code).toBe("SerializationException");
  });

  it("leaves nothing of itself in the error", () => {
    const error = thrownBy('{"SecretString":"hunter2"');
    expect(error.cause).toBeUndefined();
    expect(`${error.stack}`).not.toContain("hunter2");
  });

  it("may nest as deep as its size allows", () => {
    const depth = 500_000;
    const body = `{"SecretId":"a","Deep":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(validate(shape, decode(body))).toEqual({ SecretId: "a" });
    expect(thrownBy("[".repeat(depth)).code).toBe("SerializationException");
  });

  it("is read or refused, whatever the bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            expect(typeof decode(bytes)).toBe("object");
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
          }
        },
      ),
    );
  });
});
