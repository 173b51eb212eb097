/**
 * What a shape is: the declaration of one value of an operation's input, with all that decoding,
 * the trail and the reference pages need to know of it. `shapes.ts` makes them.
 */
import type { Constraint } from "./constraints.ts";

export type Kind =
  | "string"
  | "integer"
  | "boolean"
  | "blob"
  | "timestamp"
  | "list"
  | "map"
  | "structure";

export interface Shape<T> {
  readonly kind: Kind;
  /** Values of sensitive shapes appear in no message and no audit record. */
  readonly isSensitive: boolean;
  readonly isRequired: boolean;
  /** Why a member that AWS has is refused here, naming what will bring it. */
  readonly refusal: string | undefined;
  /** For strings and integers: reported together where they are a list's or map's members. */
  readonly constraints: readonly Constraint[];
  /** For lists and maps. */
  readonly member: Shape<unknown> | undefined;
  /** For structures. */
  readonly members: Readonly<Record<string, Shape<unknown>>> | undefined;
  /** The same members, ready to be walked. */
  readonly fields: readonly Field[] | undefined;
  /** Decodes, adding what is wrong to `problems`; throws only for a wrong JSON type. */
  decode(value: unknown, path: string, problems: string[]): T;
}

/** A structure's member with its name on the wire and as messages and the trail spell it. */
export interface Field {
  readonly name: string;
  readonly lowerName: string;
  readonly shape: Shape<unknown>;
}

export type Infer<S> = S extends Shape<infer T> ? T : never;

export type RequiredShape<T> = Shape<T> & { readonly isRequired: true };
export type Members = Readonly<Record<string, Shape<unknown>>>;
type RequiredNames<M extends Members> = {
  [K in keyof M]: M[K] extends { readonly isRequired: true } ? K : never;
}[keyof M];
export type Structure<M extends Members> = {
  readonly [K in RequiredNames<M>]: Infer<M[K]>;
} & { readonly [K in Exclude<keyof M, RequiredNames<M>>]?: Infer<M[K]> | undefined };

/** A shape of a kind; what `options` leave out does not apply to it. */
export function shape<T>(
  kind: Kind,
  options: Partial<Pick<Shape<T>, "isSensitive" | "constraints" | "member" | "members" | "fields">>,
  decode: Shape<T>["decode"],
): Shape<T> {
  return {
    kind,
    isSensitive: options.isSensitive ?? false,
    isRequired: false,
    refusal: undefined,
    constraints: options.constraints ?? [],
    member: options.member,
    members: options.members,
    fields: options.fields,
    decode,
  };
}
