/** What requests may say of themselves: values for every kind of condition key, or none. */
import fc from "fast-check";

export interface Context {
  readonly now: number;
  readonly sourceAddress: string;
  readonly isSecureTransport: boolean;
  readonly principalTags: Readonly<Record<string, string>>;
  readonly resourceTags: Readonly<Record<string, string>>;
  readonly organizationId: string | undefined;
  /** What only the operation knows. */
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
}

const anyOf = <Value>(...values: Value[]) => fc.constantFrom(...values);
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const tags = fc.record(
  { env: anyOf("prod", "test", "p*"), team: anyOf("blue", "Blue", "") },
  { requiredKeys: [] },
);

const keys = fc
  .record({
    "aws:TagKeys": maybe(fc.uniqueArray(anyOf("env", "team", "Env"), { minLength: 1 })),
    "aws:RequestTag/env": maybe(anyOf("prod", "test")),
    "aws:MultiFactorAuthAge": maybe(anyOf("0", "60", "3600.5")),
    "aws:SourceArn": maybe(anyOf("arn:aws:sns:eu-west-1:123456789012:topic", "arn:aws:sns:::a:b")),
  })
  .map((record) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)),
  ) as fc.Arbitrary<Context["keys"]>;

export const contexts: fc.Arbitrary<Context> = fc.record({
  now: anyOf(Date.UTC(2026, 0, 2, 3, 4, 5), Date.UTC(2026, 5, 30), Date.UTC(2025, 11, 31, 23)),
  sourceAddress: anyOf("203.0.113.9", "198.51.100.1", "2001:db8::1"),
  isSecureTransport: fc.boolean(),
  principalTags: tags,
  resourceTags: tags,
  organizationId: anyOf(undefined, "o-1234567890"),
  keys,
});
