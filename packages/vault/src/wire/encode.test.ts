import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import { encodeError, encodeOutput } from "./encode.ts";
import { errorCodeOnWire } from "./errors.ts";
import type { Route } from "./route.ts";
import { text } from "./xml.ts";

const requestId = "2b1f6a3e-5c1a-4b7e-9d5e-0a1b2c3d4e5f";

const json = (service: string): Route => ({
  service,
  operation: "GetSecretValue",
  protocol: "aws-json",
  xmlNamespace: undefined,
  problem: undefined,
});

const iam: Route = {
  service: "iam",
  operation: "GetUser",
  protocol: "aws-query",
  xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  problem: undefined,
};

describe("an output in AWS JSON", () => {
  it("has epoch seconds, base64 and no undefined members", () => {
    const reply = encodeOutput(
      json("secretsmanager"),
      {
        ARN: "arn",
        CreatedDate: new Date(1_523_477_145_713),
        SecretBinary: new Uint8Array(Buffer.from("xhix").buffer, 0, 0),
        Bytes: new Uint8Array([0, 1, 2, 3]).subarray(1),
        VersionStages: ["AWSCURRENT"],
        NextToken: undefined,
        SecretList: [{ Name: "a", DeletedDate: new Date(1000), Tags: [] }, { Name: "b" }],
      },
      requestId,
    );
    expect(reply.status).toBe(200);
    expect(reply.headers).toEqual({
      "x-amzn-RequestId": requestId,
      "Content-Type": "application/x-amz-json-1.1",
    });
    expect(reply.body).toBe(
      '{"ARN":"arn","CreatedDate":1523477145.713,"SecretBinary":"","Bytes":"AQID",' +
        '"VersionStages":["AWSCURRENT"],"SecretList":[{"Name":"a","DeletedDate":1,"Tags":[]},{"Name":"b"}]}',
    );
  });

  it("is nothing at all where AWS sends no output, and an empty object where it sends that", () => {
    expect(encodeOutput(json("kms"), undefined, requestId).body).toBe("");
    expect(encodeOutput(json("ssm"), {}, requestId).body).toBe("{}");
  });

  it("leaves what it was given as it was", () => {
    const output = { When: new Date(5000), Inner: { When: new Date(6000) } };
    encodeOutput(json("ssm"), output, requestId);
    expect(output).toEqual({ When: new Date(5000), Inner: { When: new Date(6000) } });
  });

  it("says the same as a replacer would", () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(undefined),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("tree")),
        fc.dictionary(fc.string(), tie("tree")),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), tree), (output) => {
        const naive = JSON.stringify(output, function (this: Record<string, unknown>, name, value) {
          const raw = this[name];
          if (raw instanceof Date) return raw.getTime() / 1000;
          return raw instanceof Uint8Array ? Buffer.from(raw).toString("base64") : value;
        });
        expect(encodeOutput(json("ssm"), output, requestId).body).toBe(naive);
      }),
    );
  });
});

describe("an output in AWS Query", () => {
  it("is wrapped, listed and dated as AWS does", () => {
    const reply = encodeOutput(
      iam,
      {
        User: { UserName: "a<b>&\"'", CreateDate: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)) },
        IsTruncated: false,
        Tags: [{ Key: "k", Value: "v" }, { Key: "l" }],
        Names: [],
        Marker: undefined,
      },
      requestId,
    );
    expect(reply.headers).toEqual({ "x-amzn-RequestId": requestId, "Content-Type": "text/xml" });
    expect(reply.body).toBe(
      '<GetUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetUserResult>' +
        "<User><UserName>a&lt;b&gt;&amp;&quot;&apos;</UserName><CreateDate>2026-01-02T03:04:05Z</CreateDate></User>" +
        "<IsTruncated>false</IsTruncated>" +
        "<Tags><member><Key>k</Key><Value>v</Value></member><member><Key>l</Key></member></Tags><Names></Names>" +
        `</GetUserResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetUserResponse>\n`,
    );
  });

  it("has no result where the action has no output", () => {
    expect(encodeOutput({ ...iam, operation: "DeleteUser" }, undefined, requestId).body).toBe(
      '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">' +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></DeleteUserResponse>\n`,
    );
  });

  it("holds only characters that XML has", () => {
    expect(text("a\r\n\tb\u0000\u001f\ud800\uffff🔑")).toBe(
      "a&#xD;\n\tb\uFFFD\uFFFD\uFFFD\uFFFD🔑",
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(text(value)).toMatch(/^[\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
        expect(text(value)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|apos|#xD);)/);
      }),
    );
  });
});

describe("an error in AWS JSON", () => {
  it.each([
    ["secretsmanager", "ResourceNotFoundException", "ResourceNotFoundException", "Message"],
    ["secretsmanager", "ValidationError", "ValidationException", "message"],
    ["secretsmanager", "AccessDenied", "AccessDeniedException", "Message"],
    ["secretsmanager", "InvalidClientTokenId", "UnrecognizedClientException", "message"],
    ["ssm", "ParameterNotFound", "ParameterNotFound", "message"],
    ["ssm", "InvalidFilterKey", "InvalidFilterKey", "Message"],
    ["ssm", "InvalidKeyId", "InvalidKeyId", "message"],
    ["ssm", "SignatureDoesNotMatch", "InvalidSignatureException", "message"],
    ["kms", "NotFoundException", "NotFoundException", "message"],
    ["kms", "SerializationException", "SerializationException", "Message"],
    ["cloudtrail", "InvalidTimeRangeException", "InvalidTimeRangeException", "message"],
  ])("%s %s is %s with its %s", (service, code, onWire, member) => {
    const reply = encodeError(json(service), new ApiError(code, "Why."), requestId);
    expect(reply.status).toBe(400);
    expect(reply.headers).toEqual({
      "x-amzn-RequestId": requestId,
      "x-amzn-ErrorType": onWire,
      "Content-Type": "application/x-amz-json-1.1",
    });
    expect(JSON.parse(reply.body as string)).toEqual({
      __type: onWire,
      [member as string]: "Why.",
    });
  });

  it("has no message member where AWS sends no message", () => {
    expect(encodeError(json("ssm"), new ApiError("ParameterNotFound", ""), requestId).body).toBe(
      '{"__type":"ParameterNotFound"}',
    );
  });

  it("carries the error's other members", () => {
    const error = new ApiError("X", "m", { detail: { KeyId: "k" } });
    expect(JSON.parse(encodeError(json("kms"), error, requestId).body as string)).toMatchObject({
      KeyId: "k",
    });
  });
});

describe("an error in AWS Query", () => {
  it.each([
    ["NoSuchEntity", "NoSuchEntity", 404],
    ["EntityAlreadyExists", "EntityAlreadyExists", 409],
    ["DeleteConflict", "DeleteConflict", 409],
    ["LimitExceeded", "LimitExceeded", 409],
    ["AccessDenied", "AccessDenied", 403],
    ["ExpiredToken", "ExpiredToken", 403],
    ["InvalidClientTokenId", "InvalidClientTokenId", 403],
    ["SignatureDoesNotMatch", "SignatureDoesNotMatch", 403],
    ["MissingAuthenticationToken", "MissingAuthenticationToken", 403],
    ["IncompleteSignature", "IncompleteSignature", 400],
    ["ValidationError", "ValidationError", 400],
    ["UnknownOperation", "InvalidAction", 400],
    ["SerializationException", "MalformedInput", 400],
  ])("%s is %s with status %i", (code, onWire, status) => {
    const reply = encodeError(iam, new ApiError(code, "Who & why"), requestId);
    expect(reply.status).toBe(status);
    expect(reply.body).toBe(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>' +
        `<Code>${onWire}</Code><Message>Who &amp; why</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>\n`,
    );
  });

  it("is of AWS's front where no service is named", () => {
    const stranger = { ...iam, service: "", xmlNamespace: undefined };
    expect(encodeError(stranger, new ApiError("UnknownOperation", "x"), requestId).body).toContain(
      'xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"',
    );
  });
});

describe("AWS Query for a caller that asks for JSON", () => {
  const asked: Route = { ...iam, isJsonWanted: true };

  it("has the members of the XML, times as epoch seconds", () => {
    const output = {
      Users: [{ UserName: "ana", CreateDate: new Date(1_523_477_145_713), Tags: [] }],
      SummaryMap: new Map([["Users", 1]]),
      Content: new Uint8Array([1, 2, 3]),
      Marker: undefined,
    };
    const reply = encodeOutput(asked, output, requestId);
    expect(reply).toMatchObject({ status: 200, headers: { "Content-Type": "application/json" } });
    expect(reply.body).toBe(
      '{"GetUserResponse":{"GetUserResult":{"Users":[{"UserName":"ana","CreateDate":1523477145,' +
        '"Tags":[]}],"SummaryMap":{"Users":1},"Content":"AQID"},' +
        `"ResponseMetadata":{"RequestId":"${requestId}"}}}`,
    );
    expect(encodeOutput(asked, undefined, requestId).body).toBe(
      `{"GetUserResponse":{"ResponseMetadata":{"RequestId":"${requestId}"}}}`,
    );
  });

  it("tells errors so too, with the same codes and statuses", () => {
    const reply = encodeError(asked, new ApiError("NoSuchEntity", "Who & why"), requestId);
    expect(reply).toMatchObject({ status: 404, headers: { "Content-Type": "application/json" } });
    expect(reply.body).toBe(
      '{"Error":{"Code":"NoSuchEntity","Message":"Who & why","Type":"Sender"},' +
        `"RequestId":"${requestId}"}`,
    );
    expect(encodeError(asked, new ApiError("ReportNotPresent", ""), requestId).body).toBe(
      `{"Error":{"Code":"ReportNotPresent","Type":"Sender"},"RequestId":"${requestId}"}`,
    );
  });
});

describe("a fault of ours", () => {
  const fault = new ApiError("InternalServiceError", "An error occurred.", { fault: "server" });

  it.each([
    [json("secretsmanager"), "InternalServiceError"],
    [json("ssm"), "InternalServerError"],
    [json("kms"), "KMSInternalException"],
    [json("cloudtrail"), "InternalFailure"],
    [iam, "ServiceFailure"],
    [{ ...iam, service: "sts" }, "InternalFailure"],
  ])("%#: %s", (route, code) => {
    expect(errorCodeOnWire(route, fault)).toBe(code);
    expect(encodeError(route, fault, requestId).status).toBe(500);
  });

  it("that may pass says when to come back", () => {
    const busy = new ApiError("ServiceUnavailable", "Busy.", { fault: "server" });
    for (const route of [json("ssm"), iam]) {
      const reply = encodeError(route, busy, requestId);
      expect([reply.status, reply.headers["Retry-After"]]).toEqual([503, "1"]);
    }
    expect(encodeError(iam, busy, requestId).body).toContain("<Type>Receiver</Type>");
  });

  it("or a body that is too long has its status in both protocols", () => {
    const tooLong = new ApiError("RequestEntityTooLarge", "x");
    expect(encodeError(json("ssm"), tooLong, requestId).status).toBe(413);
    expect(encodeError(iam, tooLong, requestId).status).toBe(413);
  });
});

it("encodes any error, whatever its words", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom(iam, json("ssm")),
      (code, message, route) => {
        const reply = encodeError(route, new ApiError(code, message), requestId);
        expect(reply.status).toBeGreaterThanOrEqual(400);
        if (route.protocol === "aws-json") JSON.parse(reply.body as string);
      },
    ),
  );
});
