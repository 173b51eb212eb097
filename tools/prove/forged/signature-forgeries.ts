/** Ways to read the parameter without the right to: each signs, sends or changes something wrong. */
import { randomBytes, randomInt } from "node:crypto";
import { type Ground, parameterArn, parameterName } from "./ground.ts";
import {
  type Keys,
  type SignedRequest,
  type Signing,
  signed,
  withHeader,
} from "./signed-request.ts";

export interface Forgery {
  readonly kind: string;
  make(ground: Ground): SignedRequest;
}

/** The genuine request. */
export function readParameter(
  { vault }: Ground,
  keys: Keys,
  differently: Partial<Signing> = {},
  name = parameterName,
): SignedRequest {
  return signed({
    url: vault.url,
    keys,
    time: vault.clock.now(),
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonSSM.GetParameter",
    },
    body: JSON.stringify({ Name: name, WithDecryption: true }),
    ...differently,
  });
}

const minute = 60_000;
const anyKeys = ({ root, user, session }: Ground) => [root, user, session][randomInt(3)] as Keys;

function signatureChanged(request: SignedRequest, change: (signature: string) => string) {
  return withHeader(request, "authorization", (value) =>
    value.replace(/[0-9a-f]{64}$/, (signature) => change(signature)),
  );
}

/** Another request with the good one's signature. */
function transplanted(ground: Ground, differently: Partial<Signing>): SignedRequest {
  const { authorization = "" } = readParameter(ground, ground.session).headers;
  return withHeader(readParameter(ground, ground.session, differently), "authorization", (own) =>
    own.replace(/Signature=.*/, authorization.slice(authorization.indexOf("Signature="))),
  );
}

export const signatureForgeries: readonly Forgery[] = [
  {
    kind: "signature with a changed digit",
    make: (ground) =>
      signatureChanged(readParameter(ground, anyKeys(ground)), (signature) => {
        const at = randomInt(64);
        const digit = (Number.parseInt(signature.charAt(at), 16) + 1 + randomInt(15)) % 16;
        return signature.slice(0, at) + digit.toString(16) + signature.slice(at + 1);
      }),
  },
  {
    kind: "truncated signature",
    make: (ground) =>
      signatureChanged(readParameter(ground, anyKeys(ground)), (signature) =>
        signature.slice(0, randomInt(64)),
      ),
  },
  {
    kind: "made-up signature",
    make: (ground) =>
      signatureChanged(readParameter(ground, anyKeys(ground)), () =>
        randomBytes(32).toString("hex"),
      ),
  },
  {
    kind: "another secret",
    make: (ground) => {
      const secretAccessKey = randomBytes(30).toString("base64");
      return readParameter(ground, { ...anyKeys(ground), secretAccessKey });
    },
  },
  {
    kind: "another's access key",
    make: (ground) =>
      readParameter(ground, { ...ground.user, accessKeyId: ground.root.accessKeyId }),
  },
  {
    kind: "signed too long ago",
    make: (ground) => {
      const time = ground.vault.clock.now() - (6 + randomInt(10_000)) * minute;
      return readParameter(ground, anyKeys(ground), { time });
    },
  },
  {
    kind: "signed for later",
    make: (ground) => {
      const time = ground.vault.clock.now() + (6 + randomInt(10_000)) * minute;
      return readParameter(ground, anyKeys(ground), { time });
    },
  },
  {
    kind: "signed for another region",
    make: (ground) =>
      withHeader(
        readParameter(ground, anyKeys(ground), { region: "eu-west-1" }),
        "authorization",
        (value) => value.replace("eu-west-1", "us-east-1"),
      ),
  },
  {
    kind: "signed for another service",
    make: (ground) => readParameter(ground, anyKeys(ground), { service: "secretsmanager" }),
  },
  {
    kind: "signed for another service, and said to be for this",
    make: (ground) =>
      withHeader(
        readParameter(ground, anyKeys(ground), { service: "kms" }),
        "authorization",
        (value) => value.replace("/kms/", "/ssm/"),
      ),
  },
  {
    kind: "another body than signed",
    make: (ground) => {
      const body = `{"Name":${JSON.stringify(parameterName)},"WithDecryption":true }`;
      return { ...readParameter(ground, anyKeys(ground)), body };
    },
  },
  {
    kind: "a body said not to be signed",
    make: (ground) => {
      const request = readParameter(ground, anyKeys(ground), { body: "{}" });
      const { body } = readParameter(ground, anyKeys(ground));
      return withHeader({ ...request, body }, "x-amz-content-sha256", () => "UNSIGNED-PAYLOAD");
    },
  },
  {
    kind: "another operation than signed",
    make: (ground) =>
      withHeader(
        readParameter(ground, anyKeys(ground)),
        "x-amz-target",
        () => "AmazonSSM.GetParameterHistory",
      ),
  },
  {
    kind: "another request's signature",
    make: (ground) =>
      transplanted(ground, { time: ground.vault.clock.now() - (1 + randomInt(200)) * 1000 }),
  },
  {
    kind: "an inactive key",
    make: (ground) => readParameter(ground, ground.inactive),
  },
  {
    kind: "a key that never was",
    make: (ground) => {
      const accessKeyId = `AKIA${randomBytes(8).toString("hex").toUpperCase()}`;
      return readParameter(ground, { ...ground.root, accessKeyId });
    },
  },
  {
    kind: "another account's administrator",
    make: (ground) => readParameter(ground, ground.otherAccount, {}, parameterArn),
  },
];
