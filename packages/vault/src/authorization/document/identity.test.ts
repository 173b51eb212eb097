// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import { describe, expect, it } from "vitest";
import { compilePolicy } from "../compile.ts";

const bucket = "arn:aws:s3:::example_bucket";
const whole = { Effect: "Allow", Action: "s3:ListBucket", Resource: bucket };

/** A document of one statement, changed. */
const one = (changes: object) => ({ Version: "2012-10-17", Statement: { ...whole, ...changes } });
const without = (name: keyof typeof whole) => {
  const { [name]: _, ...rest } = whole;
  return { Version: "2012-10-17", Statement: rest };
};

function problemOf(document: unknown): unknown {
  try {
    compilePolicy(typeof document === "string" ? document : JSON.stringify(document), "identity");
    return undefined;
  } catch (error) {
    return error;
  }
}

const syntax = "Syntax errors in policy.";
const version = "Policy document must be version 2012-10-17 or greater.";
const legacy = "The policy failed legacy parsing";
const noVendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

describe("identity policies are refused as IAM refuses them", () => {
  it.each<[string, unknown]>([
    [syntax, "This is not a json document"],
    [syntax, ""],
    [syntax, "null"],
    [syntax, "[]"],
    [
      syntax,
      `{"Version":"2012-10-17","Version":"2012-10-17","Statement":${JSON.stringify(whole)}}`,
    ],
    [
      syntax,
      `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}`,
    ],
    [syntax, { Version: "2012-10-17" }],
    [syntax, { Version: "2012-10-17", Statement: [] }],
    [syntax, { Version: "2012-10-17", Statement: ["afd"] }],
    [syntax, { Version: "2012-10-17", Statement: null }],
    [syntax, { Version: "2013-10-17", Statement: whole }],
    [syntax, { ...one({}), Extra: "value" }],
    [syntax, { ...one({}), Conditions: {} }],
    [syntax, { ...one({}), Id: {} }],
    [syntax, one({ Extra: "value" })],
    [syntax, one({ Sid: {} })],
    [syntax, one({ Effect: "invalid" })],
    [syntax, without("Effect")],
    [syntax, one({ Action: {} })],
    [syntax, one({ Action: [[]] })],
    [syntax, one({ Action: 123 })],
    [syntax, one({ NotAction: "iam:x" })],
    [syntax, one({ NotAction: [] })],
    [syntax, one({ Resource: { a: bucket } })],
    [syntax, one({ NotResource: [] })],
    [syntax, one({ Condition: [] })],
    [syntax, one({ Condition: "a" })],
    [syntax, one({ Condition: { StringEquals: "b" } })],
    [syntax, one({ Condition: { StringEquals: { a: {} } } })],
    [syntax, one({ Condition: { StringEquals: { a: [null] } } })],
    [syntax, one({ Condition: { x: { a: "1" } } })],
    [syntax, one({ Condition: { "ForAnyValue::StringEqualsIfExists": { a: "asf" } } })],
    [version, { Statement: whole }],
    [version, { Version: "2008-10-17", Statement: whole }],
    [version, { Statement: { ...whole, Effect: "denY" } }],
    ["Policy document should not specify a principal.", one({ Principal: "*" })],
    ["Policy document should not specify a principal.", one({ NotPrincipal: { AWS: "*" } })],
    [legacy, one({ Effect: "denY" })],
    [legacy, one({ Resource: "arn:aws:s3::example_bucket" })],
    [legacy, one({ Resource: "arn:aws::::example_bucket" })],
    [legacy, one({ Resource: "arn:aws::fdsasf" })],
    [legacy, one({ Resource: "arn:aws:s3:::${aws:username" })],
    [legacy, one({ Condition: { DateGreaterThan: { a: "sdfdsf" } } })],
    [legacy, one({ Condition: { DateLessThan: { a: "9223372036854775808" } } })],
    [legacy, one({ Condition: { Bool: { a: "maybe" } } })],
    [
      "Statement IDs (SID) in a single policy must be unique.",
      {
        Version: "2012-10-17",
        Statement: [
          { ...whole, Sid: "x" },
          { Effect: "Allow", Sid: "x" },
        ],
      },
    ],
    ["Policy statement must contain actions.", without("Action")],
    ["Policy statement must contain actions.", one({ Action: [] })],
    ["Policy statement must contain resources.", without("Resource")],
    ["Policy statement must contain resources.", one({ Resource: [] })],
    [
      'Resource invalid resource must be in ARN format or "*".',
      one({ Resource: "invalid resource" }),
    ],
    ['Resource  must be in ARN format or "*".', one({ Resource: "" })],
    [
      'Resource sdfsadf must be in ARN format or "*".',
      one({ Action: "s:3:ListBucket", Resource: "sdfsadf" }),
    ],
    [
      'Partition "bsdfdsafsad" is not valid for resource "arn:bsdfdsafsad:*:*:*:*".',
      one({ Resource: "a:bsdfdsafsad" }),
    ],
    [
      'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".',
      one({ Resource: "a:b:c:d:e:f:g:h" }),
    ],
    [
      'Partition "s3" is not valid for resource "arn:s3:::example_bucket:*".',
      one({ Resource: "aws:s3:::example_bucket" }),
    ],
    [
      'Partition "" is not valid for resource "arn::example-bucket/*:*:*:*".',
      one({ Resource: "s3::example-bucket/*" }),
    ],
    [
      'Partition "error" is not valid for resource "arn:error:s3:::x".',
      one({ Resource: ["arn:error:s3:::x", "arn:error:s3::x"] }),
    ],
    [
      "Resource vendor must be fully qualified and cannot contain regexes.",
      one({ Resource: "arn:aws" }),
    ],
    [
      "Resource vendor must be fully qualified and cannot contain regexes.",
      one({ Resource: "arn:aws:s*:::x" }),
    ],
    [
      "Resource arn:aws:s3:us-east-1::x can not contain region information.",
      one({ Resource: "arn:aws:s3:us-east-1::x" }),
    ],
    [
      "IAM resource arn:aws:iam:us-east-1::x cannot contain region information.",
      one({ Resource: "arn:aws:iam:us-east-1::x" }),
    ],
    [
      'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
      one({ Resource: "arn:aws:iam:::x" }),
    ],
    [noVendor, one({ Action: "invalid" })],
    [
      noVendor,
      { Version: "2012-10-17", Statement: { Effect: "Allow", NotAction: "", Resource: "*" } },
    ],
    [
      "Actions/Condition can contain only one colon.",
      one({ Action: ["s3:Get", "s3:List:Bucket"] }),
    ],
    ["Vendor a a is not valid", one({ Action: "a a:ListBucket" })],
    ["Vendor  is not valid", one({ Action: ":GetObject" })],
  ])("%s", (message, document) => {
    expect(problemOf(document)).toMatchObject({ code: "MalformedPolicyDocument", message });
  });
});

describe("what IAM takes is taken", () => {
  it.each<[string, unknown]>([
    ["a list of one statement", { Version: "2012-10-17", Statement: [whole] }],
    ["an Id and a Sid", { ...one({ Sid: "a" }), Id: "b" }],
    ["an action that doesn't exist", one({ Action: "iam: asdf safdsf af " })],
    ["every action", one({ Action: "*" })],
    ["every resource", one({ Resource: [bucket, "*"] })],
    ["an incomplete ARN", one({ Resource: "arn:aws:fdsasf" })],
    [
      "a bucket's access point",
      one({ Resource: "arn:aws:s3:us-west-2:123456789012:accesspoint/a" }),
    ],
    ["all of IAM", one({ Resource: "arn:aws:iam::123456789012:*" })],
    ["an empty Condition", one({ Condition: {} })],
    ["an operator that asks nothing", one({ Condition: { DateGreaterThan: {}, x: {} } })],
    ["no operands", one({ Condition: { DateGreaterThan: { a: [] } } })],
    ["an unknown condition key", one({ Condition: { StringEquals: { "no:Such": "a" } } })],
    [
      "unquoted operands",
      one({
        Condition: {
          Bool: { "aws:SecureTransport": false },
          NumericLessThan: { "s3:max-keys": 10 },
        },
      }),
    ],
    ["variables", one({ Resource: "arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/*" })],
  ])("%s", (_, document) => {
    expect(problemOf(document)).toBeUndefined();
  });
});
