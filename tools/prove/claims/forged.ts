/**
 * Forged, expired, truncated, tampered and transplanted signatures, session tokens and web
 * identities: none is accepted. Genuine requests are sent in between, and all of them are, so that
 * the claim can't hold by refusing everything.
 */
import { randomInt } from "node:crypto";
import { Agent, request as send } from "node:http";
import { text } from "node:stream/consumers";
import { type Claim, demand } from "../claim.ts";
import { type Ground, prepareGround, secretValue } from "../forged/ground.ts";
import { type Forgery, readParameter, signatureForgeries } from "../forged/signature-forgeries.ts";
import type { SignedRequest } from "../forged/signed-request.ts";
import { tokenForgeries } from "../forged/token-forgeries.ts";
import {
  assumeWith,
  genuineToken,
  webIdentityForgeries,
} from "../forged/web-identity-forgeries.ts";

const attempts = { reduced: 800, full: 10_000 };
/** A genuine request goes in after about so many forged ones. */
const genuineEvery = 8;
const sentAtOnce = 8;

const forgeries: readonly Forgery[] = [
  ...signatureForgeries,
  ...tokenForgeries,
  ...webIdentityForgeries,
];

const genuine: readonly Forgery[] = [
  { kind: "the root's key", make: (ground) => readParameter(ground, ground.root) },
  { kind: "a user's key", make: (ground) => readParameter(ground, ground.user) },
  { kind: "a session", make: (ground) => readParameter(ground, ground.session) },
  { kind: "a web identity", make: (ground) => assumeWith(genuineToken(ground)) },
];

export const forged: Claim = {
  name: "forged",
  says: "no forged, expired, tampered or transplanted signature, session token or web identity is accepted",
  async run({ isFull, print }) {
    const ground = await prepareGround();
    const agent = new Agent({ maxSockets: sentAtOnce });
    try {
      const refused = new Map<string, number>();
      const accepted = new Map<string, number>();
      const count = isFull ? attempts.full : attempts.reduced;
      const isDone = () => total(refused) >= count;
      let next = 0;
      const work = async () => {
        while (!isDone()) {
          const forgery = forgeries[next++ % forgeries.length] as Forgery;
          const { status, body } = await answer(ground, agent, forgery.make(ground));
          demand(!isAccepted(status, body), `accepted: ${forgery.kind}`);
          demand(status < 500, `${forgery.kind} made the vault fail: ${status}`);
          increment(refused, forgery.kind);
          if (randomInt(genuineEvery) === 0) await tryGenuine(ground, agent, accepted);
        }
      };
      await Promise.all(Array.from({ length: sentAtOnce }, work));
      for (const { kind } of forgeries) print(`${refused.get(kind) ?? 0} × ${kind}: refused`);
      for (const { kind } of genuine) print(`${accepted.get(kind) ?? 0} × ${kind}: accepted`);
      demand(refused.size === forgeries.length, "not every kind of forgery was tried");
      demand(accepted.size === genuine.length, "not every kind of genuine request was tried");
      demand(
        ground.stranger.asked.length === 0,
        "the vault asked an issuer that nobody registered",
      );
      demand(ground.vault.faults.length === 0, "a forgery made the vault fail");
      print(`${total(refused)} forgeries: none accepted; ${total(accepted)} genuine: all accepted`);
    } finally {
      agent.destroy();
      await ground.close();
    }
  },
};

async function tryGenuine(ground: Ground, agent: Agent, accepted: Map<string, number>) {
  const one = genuine[total(accepted) % genuine.length] as Forgery;
  const { status, body } = await answer(ground, agent, one.make(ground));
  demand(isAccepted(status, body), `a genuine request was refused: ${one.kind} (${body})`);
  increment(accepted, one.kind);
}

/** Whatever lets something out counts, also if its status said otherwise. */
function isAccepted(status: number, body: string): boolean {
  return status === 200 || body.includes(secretValue) || body.includes("<SecretAccessKey>");
}

function answer(
  { vault }: Ground,
  agent: Agent,
  { headers, body }: SignedRequest,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const options = { agent, localAddress: anotherAddress(), method: "POST" };
    const sent = send(vault.url, { ...options, headers: { ...headers } }, (reply) => {
      text(reply).then(
        (received) => resolve({ status: reply.statusCode ?? 0, body: received }),
        reject,
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/**
 * Of one address only the first wrong ones are looked at, and a claim that forgeries are refused
 * must not hold by that. All of 127.0.0.0/8 is this machine's own (macOS has to be told so).
 */
function anotherAddress(): string {
  return `127.${randomInt(256)}.${randomInt(256)}.${1 + randomInt(254)}`;
}

function increment(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
