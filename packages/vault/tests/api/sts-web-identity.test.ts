/** AssumeRoleWithWebIdentity: workloads get in with the token of their platform, and no AWS key. */
import { createHmac } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { SSM } from "@aws-sdk/client-ssm";
import { type Credentials, STS } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { discoveryPath, keysPath, startOidcIssuer } from "../../../../tools/harness/oidc-issuer.ts";
import { refusal } from "./refusal.fixture.ts";
import { audience, type Federation, startFederation } from "./web-identity.fixture.ts";

const account = "123456789012";
let federation: Federation;
let open: string;

beforeAll(async () => {
  federation = await startFederation();
  open = await federation.createRole("open", {}, ["sts:TagSession", "sts:SetSourceIdentity"]);
});
afterEach(() => {
  federation.issuer.answers.clear();
});
afterAll(async () => {
  expect(federation.vault.faults).toEqual([]);
  await federation.close();
});

function clientOf({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials) {
  const credentials = {
    accessKeyId: AccessKeyId ?? "",
    secretAccessKey: SecretAccessKey ?? "",
    sessionToken: SessionToken ?? "",
  };
  return { ...federation.vault.client, credentials };
}

test("a token of the role's issuer gives credentials of the role, without any signature", async () => {
  const token = federation.token();
  const { $metadata: _, ...reply } = await federation.assume(open, token);
  expect(reply).toEqual({
    Credentials: {
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      SessionToken: expect.any(String),
      Expiration: expect.any(Date),
    },
    SubjectFromWebIdentityToken: "somebody",
    AssumedRoleUser: {
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:job-1$/),
      Arn: `arn:aws:sts::${account}:assumed-role/open/job-1`,
    },
    Provider: federation.provider,
    Audience: audience,
  });
  const identity = await new STS(clientOf(reply.Credentials as Credentials)).getCallerIdentity({});
  expect(identity.Arn).toBe(`arn:aws:sts::${account}:assumed-role/open/job-1`);
});

test("a signature that comes along counts for nothing, be it false", async () => {
  const WebIdentityToken = federation.token();
  const credentials = { accessKeyId: "AKIAUNKNOWNUNKNOWN12", secretAccessKey: "made up" };
  const query = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: open,
    RoleSessionName: "job-1",
    WebIdentityToken,
  });
  const reply = await fetch(federation.vault.url, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: query.toString(),
  });
  expect(reply.status).toBe(200);
  expect(await reply.text()).toContain("<SubjectFromWebIdentityToken>somebody<");
});

describe("conditions tell the platforms' workloads apart", () => {
  const platforms = [
    {
      platform: "a Kubernetes service account",
      claims: {
        aud: [audience],
        sub: "system:serviceaccount:weather:weather-api",
        jti: "1e5f6d9b-3b4f-4bb8-9d6e-4cc5d8a0c0f1",
        nbf: Math.floor(Date.now() / 1000),
        "kubernetes.io": {
          namespace: "weather",
          node: { name: "node-1", uid: "7b6e1c1e-8f0a-4a39-8f57-2f3a6a6e0c11" },
          pod: { name: "weather-api-6d4cf56db6-x", uid: "c5c9b0f4-5f9f-4d5a-9a5d-3d5d5b7b0d0e" },
          serviceaccount: { name: "weather-api", uid: "0f5f6d9b-1111-4bb8-9d6e-4cc5d8a0c0f1" },
        },
      },
      another: { sub: "system:serviceaccount:weather:default" },
    },
    {
      platform: "a GitHub Actions job",
      claims: {
        aud: audience,
        sub: "repo:octo-org/weather:ref:refs/heads/main",
        jti: "example-id",
        ref: "refs/heads/main",
        repository: "octo-org/weather",
        repository_owner: "octo-org",
        run_id: "1234567890",
        actor: "octocat",
        workflow: "deploy",
        job_workflow_ref: "octo-org/weather/.github/workflows/deploy.yml@refs/heads/main",
        runner_environment: "github-hosted",
      },
      another: { sub: "repo:octo-org/weather:pull_request" },
    },
    {
      platform: "a GitLab job",
      claims: {
        aud: audience,
        sub: "project_path:weather/api:ref_type:branch:ref:main",
        project_path: "weather/api",
        namespace_path: "weather",
        pipeline_source: "push",
        ref: "main",
        ref_type: "branch",
        ref_protected: "true",
        user_email: "ana@example.com",
      },
      another: { sub: "project_path:weather/web:ref_type:branch:ref:main" },
    },
  ];

  test.each(platforms)("$platform", async ({ platform, claims, another }) => {
    const { name } = federation.issuer;
    const role = await federation.createRole(platform.replaceAll(" ", "-"), {
      StringEquals: { [`${name}:sub`]: claims.sub, [`${name}:aud`]: audience },
    });
    await federation.assume(role, federation.token(claims));
    const denied = federation.assume(role, federation.token({ ...claims, ...another }));
    expect(await refusal(denied)).toMatch(
      /^AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity/,
    );
  });
});

test("a role that trusts another issuer, or isn't there, is denied alike", async () => {
  await federation.admin().createRole({
    RoleName: "elsewhere",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/example.com` },
          Action: "sts:AssumeRoleWithWebIdentity",
        },
        { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRoleWithWebIdentity" },
      ],
    }),
  });
  for (const name of ["elsewhere", "nothing"]) {
    const denied = federation.assume(`arn:aws:iam::${account}:role/${name}`, federation.token());
    expect(await refusal(denied)).toMatch(
      /^AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity/,
    );
  }
});

describe("refused is a token", () => {
  const refusedAs = (token: string, role = open) => refusal(federation.assume(role, token));
  const notAJwt =
    "InvalidIdentityTokenException: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
  const wrongSignature =
    "InvalidIdentityTokenException: The signature of the ID Token provided could not be verified.";
  const noKey =
    "InvalidIdentityTokenException: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
  const now = () => Math.floor(Date.now() / 1000);

  test("that is none", async () => {
    expect(await refusedAs("an-access-token")).toBe(notAJwt);
    expect(await refusedAs("a.b.c")).toBe(notAJwt);
  });

  test("of an issuer that the role's account has not registered", async () => {
    const token = federation.token({ iss: "https://issuer.example.com" });
    expect(await refusedAs(token)).toBe(
      "InvalidIdentityTokenException: No OpenIDConnect provider found in your account for https://issuer.example.com",
    );
    expect(await refusedAs(federation.token(), "arn:aws:iam::999999999999:role/open")).toMatch(
      /^InvalidIdentityTokenException: No OpenIDConnect provider found/,
    );
    expect(federation.issuer.asked.every((path) => path.length > 0)).toBe(true);
  });

  test("for another audience; as on AWS, azp counts where it is", async () => {
    const wrong = "InvalidIdentityTokenException: Incorrect token audience";
    expect(await refusedAs(federation.token({ aud: "https://kubernetes.default.svc" }))).toBe(
      wrong,
    );
    expect(await refusedAs(federation.token({ azp: "app" }))).toBe(wrong);
    await federation.assume(open, federation.token({ aud: "app", azp: audience }));
  });

  test("that has expired, is not valid yet, or doesn't say", async () => {
    const expiry = now() - 1;
    expect(await refusedAs(federation.token({ exp: expiry }))).toMatch(
      new RegExp(
        `^ExpiredTokenException: Token expired: current date/time \\d+ must be before the expiration date/time ${expiry}$`,
      ),
    );
    const notYet = "InvalidIdentityTokenException: The ID Token provided is not valid yet.";
    expect(await refusedAs(federation.token({ nbf: now() + 600 }))).toBe(notYet);
    expect(await refusedAs(federation.token({ iat: now() + 600 }))).toBe(notYet);
    const missing = "InvalidIdentityTokenException: Missing a required claim: ";
    expect(await refusedAs(federation.token({ exp: undefined }))).toBe(`${missing}exp`);
    expect(await refusedAs(federation.token({ iat: undefined }))).toBe(`${missing}iat`);
    expect(await refusedAs(federation.token({ sub: undefined }))).toBe(`${missing}sub`);
    await federation.assume(open, federation.token({ nbf: now() + 60, iat: now() + 60 }));
  });

  test("whose signature is another's, or missing, or made with what is public", async () => {
    const token = federation.token();
    const [header = "", payload = "", signature = ""] = token.split(".");
    const other = await startOidcIssuer();
    const forged = other.token({ iss: federation.issuer.url, sub: "a", aud: audience });
    await other.close();
    expect(await refusedAs(forged)).toBe(wrongSignature);
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const changed = encode({
      ...JSON.parse(Buffer.from(payload, "base64url").toString()),
      sub: "x",
    });
    expect(await refusedAs(`${header}.${changed}.${signature}`)).toBe(wrongSignature);
    expect(await refusedAs(`${encode({ alg: "none" })}.${payload}.`)).toBe(notAJwt);
    const symmetric = `${encode({ alg: "HS256", kid: "key-1" })}.${payload}`;
    const mac = createHmac("sha256", federation.issuer.publicKey()).update(symmetric);
    expect(await refusedAs(`${symmetric}.${mac.digest("base64url")}`)).toBe(notAJwt);
  });

  test("that names a key that its issuer doesn't publish; asking again is rationed", async () => {
    await federation.assume(open, federation.token());
    const before = federation.issuer.asked.length;
    for (const kid of ["unknown-1", "unknown-2", "unknown-3"]) {
      expect(await refusedAs(federation.token({}, { kid }))).toBe(noKey);
    }
    expect(federation.issuer.asked.length).toBe(before);
    expect(await refusedAs(federation.token({}, { kid: "../../etc/passwd" }))).toBe(noKey);
  });

  test.each([
    [
      "gives the session a name that none can have",
      { "https://aws.amazon.com/source_identity": "a b" },
    ],
    [
      "gives it tags that are none",
      { "https://aws.amazon.com/tags": { principal_tags: { a: ["1", "2"] } } },
    ],
    [
      "passes on what it doesn't give",
      { "https://aws.amazon.com/tags": { transitive_tag_keys: ["a"] } },
    ],
  ])("that %s", async (_, claims) => {
    expect(await refusedAs(federation.token(claims))).toMatch(
      /^IDPRejectedClaimException: The claim https/,
    );
  });

  test("with a RoleArn that is no role's", async () => {
    const arn = `arn:aws:iam::${account}:user/open-and-long`;
    expect(await refusedAs(federation.token(), arn)).toBe(
      "ValidationError: Request ARN is invalid",
    );
  });
});

test("tags, transitive tags and source identity of the token are the session's", async () => {
  await federation.admin().putRolePolicy({
    RoleName: "open",
    PolicyName: "own-project",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "ssm:PutParameter",
        Resource: `arn:aws:ssm:us-east-1:${account}:parameter/\${aws:PrincipalTag/project}/*`,
        Condition: { StringEquals: { "aws:SourceIdentity": "ana" } },
      },
    }),
  });
  const token = federation.token({
    "https://aws.amazon.com/tags": {
      principal_tags: { project: ["weather"] },
      transitive_tag_keys: ["project"],
    },
    "https://aws.amazon.com/source_identity": "ana",
  });
  const reply = await federation.assume(open, token);
  expect(reply).toMatchObject({ SourceIdentity: "ana", PackedPolicySize: expect.any(Number) });
  const ssm = new SSM(clientOf(reply.Credentials as Credentials));
  await ssm.putParameter({ Name: "/weather/a", Value: "v", Type: "String" });
  expect(
    await refusal(ssm.putParameter({ Name: "/billing/a", Value: "v", Type: "String" })),
  ).toMatch(/^AccessDenied/);
  const trail = new CloudTrail(federation.vault.client);
  const { Events = [] } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "PutParameter" }],
  });
  const { userIdentity } = JSON.parse(Events[0]?.CloudTrailEvent ?? "{}");
  expect(userIdentity.sessionContext).toMatchObject({ sourceIdentity: "ana" });
});

test("the trail names the web identity, and hides the token", async () => {
  const token = federation.token({ sub: "audited" });
  await federation.assume(open, token);
  const trail = new CloudTrail(federation.vault.client);
  const { Events = [] } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "audited" }],
  });
  const record = Events[0]?.CloudTrailEvent ?? "{}";
  expect(JSON.parse(record)).toMatchObject({
    eventName: "AssumeRoleWithWebIdentity",
    userIdentity: {
      type: "WebIdentityUser",
      principalId: `${federation.provider}:${audience}:audited`,
      userName: "audited",
      identityProvider: federation.provider,
    },
    requestParameters: { roleArn: open, roleSessionName: "job-1" },
    responseElements: { subjectFromWebIdentityToken: "audited", provider: federation.provider },
  });
  expect(record).not.toContain(token.slice(0, 40));
});

test("a provider that is gone lets nobody in; sessions from before go on, as on AWS", async () => {
  const { vault, issuer, admin, register, provider } = federation;
  const { Credentials } = await federation.assume(open, federation.token());
  await admin().deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: provider });
  const late = federation.assume(open, federation.token());
  expect(await refusal(late)).toContain("No OpenIDConnect provider found in your account");
  const session = new STS(clientOf(Credentials as Credentials));
  expect((await session.getCallerIdentity({})).Arn).toContain("assumed-role/open/");
  await register(issuer);
  await federation.assume(open, federation.token());
  expect(vault.faults).toEqual([]);
});

describe("an issuer", () => {
  const soon = 16_000;
  const assumeOpen = () => federation.assume(open, federation.token());

  test("that changes its key is asked for the new one, in either algorithm", async () => {
    for (const algorithm of ["ES256", "RS256"] as const) {
      federation.issuer.rotate(algorithm);
      federation.vault.clock.advance(soon);
      await assumeOpen();
    }
  });

  test("is asked once, however many tokens come at once", async () => {
    federation.vault.clock.advance(600_000);
    const before = federation.issuer.asked.length;
    const token = federation.issuer.token({
      sub: "many",
      aud: audience,
      exp: Math.floor(federation.vault.clock.now() / 1000) + 60,
    });
    await Promise.all(Array.from({ length: 5 }, () => federation.assume(open, token)));
    expect(federation.issuer.asked.length - before).toBe(2);
  });

  const lateToken = () => {
    const now = Math.floor(federation.vault.clock.now() / 1000);
    return federation.token({ iat: now, exp: now + 600 });
  };

  test.each([
    ["sends elsewhere", discoveryPath, { status: 302, headers: { location: keysPath }, body: "" }],
    [
      "speaks for another",
      discoveryPath,
      { status: 200, body: '{"issuer":"https://a.b","jwks_uri":"https://a.b/"}' },
    ],
    [
      "has its keys in the clear",
      discoveryPath,
      { status: 200, body: '{"jwks_uri":"http://127.0.0.1/"}' },
    ],
    ["answers with no JSON", keysPath, { status: 200, body: "<html>" }],
    ["answers with no keys", keysPath, { status: 200, body: '{"keys":7}' }],
    ["never ends", keysPath, { status: 200, body: " ".repeat(2_000_000) }],
    ["is down", keysPath, { status: 503, body: "" }],
  ])("that %s gives no key", async (_, path, answer) => {
    federation.vault.clock.advance(600_000);
    federation.issuer.answers.set(path, answer);
    const refused = await refusal(federation.assume(open, lateToken()));
    expect(refused).toMatch(/^InvalidIdentityTokenException: Couldn't retrieve verification key/);
    // It is not asked again at once, and is once it has had its time.
    federation.issuer.answers.clear();
    expect(await refusal(federation.assume(open, lateToken()))).toBe(refused);
    federation.vault.clock.advance(soon);
    await federation.assume(open, lateToken());
  });

  test("that never answers is given up on", async () => {
    federation.vault.clock.advance(600_000);
    federation.issuer.answers.set(keysPath, "silence");
    expect(await refusal(federation.assume(open, lateToken()))).toMatch(/^IDPCommunicationError/);
    federation.vault.clock.advance(soon);
  });

  test("whose certificate has another thumbprint is not believed, nor asked anything", async () => {
    const other = await startOidcIssuer();
    await federation.register(other, ["0".repeat(40)]);
    const now = Math.floor(federation.vault.clock.now() / 1000);
    const claims = { sub: "a", aud: audience, iat: now, exp: now + 60 };
    expect(await refusal(federation.assume(open, other.token(claims)))).toBe(
      "InvalidIdentityTokenException: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    );
    expect(other.asked).toEqual([]);
    await other.close();
  });

  test("that can't be reached is another error, which SDKs try again", async () => {
    const gone = await startOidcIssuer();
    await federation.register(gone);
    const now = Math.floor(federation.vault.clock.now() / 1000);
    const token = gone.token({ sub: "a", aud: audience, iat: now, exp: now + 60 });
    await gone.close();
    expect(await refusal(federation.assume(open, token))).toMatch(/^IDPCommunicationError/);
  });

  test("that a trusted authority vouches for needs no thumbprint", async () => {
    const known = await startOidcIssuer();
    const authorities = getCACertificates("default");
    setDefaultCACertificates([...authorities, known.authority.certificate]);
    try {
      const provider = await federation.register(known, []);
      await federation.admin().createRole({
        RoleName: "public",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Principal: { Federated: provider },
            Action: "sts:AssumeRoleWithWebIdentity",
          },
        }),
      });
      const now = Math.floor(federation.vault.clock.now() / 1000);
      const token = known.token({ sub: "a", aud: audience, iat: now, exp: now + 60 });
      await federation.assume(`arn:aws:iam::${account}:role/public`, token);
    } finally {
      setDefaultCACertificates(authorities);
      await known.close();
    }
  });
});

test("whom no role lets in can't fill the trail with tokens that are genuine", async () => {
  const now = Math.floor(federation.vault.clock.now() / 1000);
  const token = federation.token({ sub: "stranger", iat: now, exp: now + 600 });
  const role = `arn:aws:iam::${account}:role/none-of-yours`;
  for (let attempt = 0; attempt < 12; attempt++) await refusal(federation.assume(role, token));
  const trail = new CloudTrail(federation.vault.client);
  trail.config.systemClockOffset = federation.vault.clock.now() - Date.now();
  const { Events = [] } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "stranger" }],
  });
  expect(Events.length).toBeLessThan(12);
});
