/**
 * What a request asks, read from its body. Whoever reads secrets asks for the same ones again and
 * again in the same bytes, so of small questions that hold no secret themselves it is remembered
 * what they were read to: a function of operation and bytes alone, whoever sends them. Signature,
 * policies and rows are looked at for every request all the same.
 */
import { isAscii } from "node:buffer";
import { hash } from "node:crypto";
import { BoundedCache } from "../encryption/bounded-cache.ts";
import type { HttpRequest } from "../message.ts";
import type { AnyOperation } from "../operations/operation.ts";
import { auditable, type Shape, validate } from "../shapes/shapes.ts";
import { freeze } from "../storage/frozen.ts";
import { decodeInput } from "../wire/decode.ts";
import type { Route } from "../wire/route.ts";

export interface ReadInput {
  /** As the operation's shape has it; frozen where it is remembered. */
  readonly input: unknown;
  /** The same as the trail has it. */
  readonly requestParameters: unknown;
}

interface KnownInput extends ReadInput {
  readonly operation: AnyOperation;
  /** Of the body: SHA-256 in hexadecimal digits. */
  readonly payloadHash: string;
}

const knownMax = 2048;
const bodyBytesMax = 256;

export class Inputs {
  readonly #known = new BoundedCache<KnownInput>(knownMax);
  readonly #repeatable: ReadonlySet<AnyOperation>;

  constructor(operations: readonly AnyOperation[]) {
    this.#repeatable = new Set(
      operations.filter(({ isReadOnly, input }) => isReadOnly && !mayHoldSecret(input)),
    );
  }

  /** undefined where nothing is known of such a request. */
  known(request: HttpRequest, operation: AnyOperation): KnownInput | undefined {
    const { body } = request;
    if (body.length > bodyBytesMax || !this.#repeatable.has(operation)) return undefined;
    // What is kept is ASCII, so no other bytes have its text.
    const known = this.#known.get(body.toString("latin1"));
    return known?.operation === operation ? known : undefined;
  }

  /** Throws what decoding and validating throw. */
  read(route: Route, request: HttpRequest, operation: AnyOperation): ReadInput {
    const shape: Shape<unknown> = operation.input;
    const input = validate(shape, decodeInput(route, request, shape));
    const requestParameters = auditable(shape, input, route.service === "ssm");
    const read = { input, requestParameters };
    const { body } = request;
    const isRepeatable = body.length <= bodyBytesMax && this.#repeatable.has(operation);
    if (isRepeatable && route.protocol === "aws-json" && isAscii(body)) {
      freeze(read);
      const payloadHash = hash("sha256", body);
      this.#known.set(body.toString("latin1"), { ...read, operation, payloadHash });
    }
    return read;
  }
}

function mayHoldSecret({ isSensitive, kind, member, fields = [] }: Shape<unknown>): boolean {
  return (
    isSensitive ||
    kind === "blob" ||
    (member !== undefined && mayHoldSecret(member)) ||
    fields.some((field) => mayHoldSecret(field.shape))
  );
}
