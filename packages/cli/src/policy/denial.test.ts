import { describe, expect, test } from "vitest";
import { readDenial, readPasted } from "./denial.ts";

const encoded = `AdM_${"EiXvwpjvdFb2m9WtsEcxy826UJw-".repeat(8)}`;
const sentence =
  "User: arn:aws:sts::123456789012:assumed-role/weather-api/guide is not authorized to perform: " +
  "ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/another/token " +
  "because no identity-based policy allows the ssm:GetParameter action";
const requestId = "0f0d3a9e-5b6c-4c1e-9a5f-0c1d2e3f4a5b";

describe("what is pasted", () => {
  test("an encoded message is found in a whole error text, also one that a terminal broke", () => {
    const text = `An error occurred: ${sentence}. Encoded authorization failure message: ${encoded}`;
    expect(readPasted(text)).toEqual({ type: "encoded", encoded });
    const broken = text.replace(encoded, `${encoded.slice(0, 90)}\n${encoded.slice(90)}`);
    expect(readPasted(`${broken}\n`)).toEqual({ type: "encoded", encoded });
    expect(readPasted(`${text}\nhint: try again\n`)).toEqual({ type: "encoded", encoded });
  });

  test("an encoded message stands alone too", () => {
    expect(readPasted(` ${encoded}\n`)).toEqual({ type: "encoded", encoded });
  });

  test("a request's id is one by itself, or the last resort in a text", () => {
    expect(readPasted(requestId)).toEqual({ type: "request", id: requestId });
    const text = `Access to KMS is not allowed (Status Code: 400, Request ID: ${requestId})`;
    expect(readPasted(text)).toEqual({ type: "request", id: requestId });
  });

  test("AWS's sentence is enough where nothing is encoded", () => {
    expect(readPasted(`error: AccessDenied: ${sentence}\nhint: x`)).toMatchObject({
      type: "text",
      denied: { action: "ssm:GetParameter" },
    });
  });

  test("anything else is not understood", () => {
    expect(readPasted("it does not work")).toEqual({ type: "unknown" });
    expect(readPasted("")).toEqual({ type: "unknown" });
  });
});

test.each([
  [sentence, "arn:aws:ssm:us-east-1:123456789012:parameter/another/token"],
  [sentence.replace(/ on resource: \S+/, ""), undefined],
  // KMS tells of a key neither to another account nor to who brings a ciphertext alone.
  [sentence.replace(/resource: \S+/, "this resource"), undefined],
  [sentence.replace(/resource: \S+/, "the resource associated with this ciphertext"), undefined],
  [
    sentence.replace(/ because.*/, ""),
    "arn:aws:ssm:us-east-1:123456789012:parameter/another/token",
  ],
  [
    sentence.replace(
      /resource: .*/,
      "resource: prod/x with an explicit deny in a resource-based policy",
    ),
    "prod/x",
  ],
])("%s", (text, resource) => {
  expect(readDenial(text)).toEqual({
    principalArn: "arn:aws:sts::123456789012:assumed-role/weather-api/guide",
    action: "ssm:GetParameter",
    resource,
  });
});
