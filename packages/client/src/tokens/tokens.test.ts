import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bearer } from "../fetch/header-value.ts";
import { clientOfMemory, settle } from "../memory-store.fixture.ts";
import { clientCredentials } from "./client-credentials.ts";
import { refreshToken } from "./refresh-token.ts";

/** A provider's token endpoint, with an API at /api that takes its newest token alone. */
async function startProvider() {
  const requests: { body: Record<string, string>; authorization: string | undefined }[] = [];
  const state = {
    clientSecret: "cs_first",
    refreshToken: "rt_first",
    rotates: false,
    status: 200,
    expiresIn: 3600 as number | undefined,
    requests,
    issued: 0,
    url: "",
  };
  const server = createServer(async (request, response) => {
    if (request.url === "/api") {
      const isRight = request.headers.authorization === `Bearer at_${state.issued}`;
      response.writeHead(isRight ? 200 : 401).end();
      return;
    }
    const body = Object.fromEntries(new URLSearchParams(await text(request)));
    requests.push({ body, authorization: request.headers.authorization });
    const [status, reply] = answer(body, request);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(reply));
  });

  function answer(body: Record<string, string>, { headers }: IncomingMessage): [number, object] {
    if (state.status !== 200) return [state.status, { message: "not now" }];
    const isClient = [basicSecret(headers), body.client_secret].includes(state.clientSecret);
    if (!isClient && body.client_id !== "public") return [401, { error: "invalid_client" }];
    if (body.grant_type === "refresh_token" && body.refresh_token !== state.refreshToken) {
      const error_description = `refresh token ${body.refresh_token} is not ours`;
      return [400, { error: "invalid_grant", error_description }];
    }
    if (state.rotates) state.refreshToken = `rt_${state.issued + 1}`;
    return [
      200,
      {
        access_token: `at_${++state.issued}`,
        token_type: "Bearer",
        ...(state.expiresIn !== undefined && { expires_in: state.expiresIn }),
        ...(body.grant_type === "refresh_token" && { refresh_token: state.refreshToken }),
      },
    ];
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    state,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Both parts are form-encoded within (RFC 6749, 2.3.1). */
function basicSecret({ authorization = "" }: IncomingMessage["headers"]): string | undefined {
  const pair = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
  return new URLSearchParams(pair.replace(":", "=")).get("weather") ?? undefined;
}

let provider: Awaited<ReturnType<typeof startProvider>>;

beforeEach(async () => {
  provider = await startProvider();
});

afterEach(() => provider.close());

function client() {
  const memory = clientOfMemory();
  memory.store.putSecret("oauth/client", "cs_first");
  memory.store.putSecret("oauth/refresh", "rt_first");
  const { secrets } = memory;
  const common = {
    tokenEndpoint: `${provider.state.url}/token`,
    clientId: "weather",
    clientSecret: secrets.secret("oauth/client"),
  };
  return { ...memory, common };
}

describe("client credentials", () => {
  test("are fetched by one flight, and hold until a tenth before they expire", async () => {
    const { secrets, common, clock } = client();
    const token = secrets.token(clientCredentials({ ...common, scope: "read" }));
    const values = await Promise.all(Array.from({ length: 50 }, () => token.get()));
    expect(new Set(values.map((value) => value.reveal()))).toEqual(new Set(["at_1"]));
    expect(provider.state.requests).toEqual([
      {
        authorization: expect.stringMatching(/^Basic /),
        body: { grant_type: "client_credentials", scope: "read" },
      },
    ]);
    // Longer than the TTL of other values.
    clock.milliseconds += 2_000_000;
    expect((await token.get()).reveal()).toBe("at_1");
    clock.milliseconds += 1_300_000;
    expect((await token.get()).reveal()).toBe("at_2");
  });

  test("are renewed in the background before that", async () => {
    const { secrets, common, clock } = client();
    const token = secrets.token(clientCredentials(common));
    await secrets.load();
    clock.milliseconds += 2_800_000;
    expect((await token.get()).reveal()).toBe("at_1");
    await expect.poll(() => token.peek().reveal()).toBe("at_2");
  });

  test("are served in an outage of the provider while they last, and never after", async () => {
    const { secrets, common, clock } = client();
    const token = secrets.token(clientCredentials(common));
    await token.get();
    provider.state.status = 503;
    clock.milliseconds += 3_300_000;
    expect(await token.get()).toMatchObject({ isStale: true });
    clock.milliseconds += 300_000;
    await expect(token.get()).rejects.toMatchObject({ code: "Unavailable" });
  });

  test("are held as any other value where the provider doesn't say for how long", async () => {
    provider.state.expiresIn = undefined;
    const { secrets, common, clock } = client();
    const token = secrets.token(clientCredentials(common));
    await token.get();
    clock.milliseconds += 300_000;
    expect((await token.get()).reveal()).toBe("at_2");
  });

  test("survive the rotation of the client's secret", async () => {
    const { secrets, store, common } = client();
    await common.clientSecret.get();
    provider.state.clientSecret = "cs_second";
    store.putSecret("oauth/client", "cs_second");
    const post = { authentication: "client_secret_post" as const };
    const token = secrets.token(clientCredentials({ ...common, ...post }));
    expect((await token.get()).reveal()).toBe("at_1");
    expect(provider.state.requests.map(({ body }) => body.client_secret)).toEqual([
      "cs_first",
      "cs_second",
    ]);
  });

  test("are asked for again when an API refuses the token", async () => {
    const { secrets, common } = client();
    const token = secrets.token(clientCredentials(common));
    await token.get();
    // As a provider that has revoked it.
    provider.state.issued = 7;
    const rules = { [provider.state.url]: { header: "authorization", value: bearer(token) } };
    const response = await secrets.fetch(rules)(`${provider.state.url}/api`);
    expect(response.status).toBe(200);
  });

  test("tell a refusal and an outage, and of the reply nothing but its code", async () => {
    const { secrets, common, store } = client();
    store.putSecret("oauth/wrong", "cs_wrong");
    const clientSecret = secrets.secret("oauth/wrong");
    const token = secrets.token(clientCredentials({ ...common, clientSecret }));
    const name = `oauth:weather@${common.tokenEndpoint}`;
    await expect(token.get()).rejects.toMatchObject({
      code: "AccessDenied",
      message: `${name} may not be read: the token endpoint answered invalid_client`,
      cause: { code: "invalid_client" },
    });
    provider.close();
    const other = secrets.token(clientCredentials({ ...common, scope: "other" }));
    await expect(other.get()).rejects.toMatchObject({
      code: "Unavailable",
      cause: { code: "Unreachable" },
    });
  });

  test("go to no endpoint in the clear", () => {
    const { common } = client();
    const tokenEndpoint = "http://login.provider.example/token";
    expect(() => clientCredentials({ ...common, tokenEndpoint })).toThrow(TypeError);
  });
});

describe("refresh tokens", () => {
  test("are saved, before the access token is handed out, where the provider replaces them", async () => {
    provider.state.rotates = true;
    const { secrets, store, common, clock } = client();
    const { promise: isSaved, resolve: save } = Promise.withResolvers<void>();
    const saved: string[] = [];
    const token = secrets.token(
      refreshToken({
        ...common,
        refreshToken: secrets.secret("oauth/refresh"),
        async onRefreshToken(value) {
          saved.push(value);
          await isSaved;
          store.putSecret("oauth/refresh", value);
        },
      }),
    );
    let isHandedOut = false;
    const got = token.get().then((secret) => {
      isHandedOut = true;
      return secret.reveal();
    });
    await expect.poll(() => saved).toEqual(["rt_1"]);
    await settle();
    expect(isHandedOut).toBe(false);
    save();
    expect(await got).toBe("at_1");
    // The stored one is cached still, and not used.
    clock.milliseconds += 3_600_000;
    expect((await token.get()).reveal()).toBe("at_2");
    expect(provider.state.requests.map(({ body }) => body.refresh_token)).toEqual([
      "rt_first",
      "rt_1",
    ]);
    expect(saved).toEqual(["rt_1", "rt_2"]);
  });

  test("that could not be saved keep the access token back, and are not lost", async () => {
    provider.state.rotates = true;
    const { secrets, common, clock } = client();
    let saves = 0;
    const options = {
      ...common,
      refreshToken: secrets.secret("oauth/refresh"),
      onRefreshToken: async () => {
        if (++saves === 1) throw new Error("the disk is full");
      },
    };
    const token = secrets.token(refreshToken(options));
    await expect(token.get()).rejects.toMatchObject({ code: "Unavailable" });
    clock.milliseconds += 60_000;
    expect((await token.get()).reveal()).toBe("at_2");
  });

  test("that another process has replaced are read anew, once", async () => {
    const { secrets, store, common } = client();
    const stored = secrets.secret("oauth/refresh");
    await stored.get();
    provider.state.refreshToken = "rt_of_another";
    store.putSecret("oauth/refresh", "rt_of_another");
    const token = secrets.token(refreshToken({ ...common, refreshToken: stored }));
    expect((await token.get()).reveal()).toBe("at_1");
  });

  test("that are dead are told so, without their value", async () => {
    const { secrets, common } = client();
    provider.state.refreshToken = "rt_other";
    const { clientSecret: _, ...isPublic } = { ...common, clientId: "public" };
    const stored = secrets.secret("oauth/refresh");
    const token = secrets.token(refreshToken({ ...isPublic, refreshToken: stored }));
    const error = await token.get().catch((error: unknown) => error as Error);
    expect(error).toMatchObject({ code: "AccessDenied", cause: { code: "invalid_grant" } });
    expect(
      JSON.stringify([error, (error as Error).cause, String((error as Error).cause)]),
    ).not.toContain("rt_first");
    expect(provider.state.requests).toHaveLength(1);
  });
});
