/** An authenticated request as its operation sees it. */
import type { Authenticated } from "../authentication/authenticate.ts";
import { authorize, decide } from "../authorization/authorize.ts";
import type { Circumstances } from "../authorization/types.ts";
import { type HttpRequest, header } from "../message.ts";
import type { AuditNotes, Call } from "../operations/operation.ts";
import { emptyNotes, type PipelineParts, type Progress } from "./progress.ts";

/** The call that an operation gets: who asks, where, and the questions that it may put. */
export function callOf(
  request: HttpRequest,
  progress: Progress,
  authenticated: Authenticated,
  parts: Pick<PipelineParts, "vault" | "clock">,
): Call {
  const { principal, webIdentity, region: signedRegion } = authenticated;
  const region = progress.service?.globalRegion ?? signedRegion;
  const circumstances: Circumstances = {
    now: progress.now,
    region,
    sourceAddress: request.sourceAddress,
    isSecureTransport: request.isSecureTransport,
    userAgent: header(request, "user-agent") ?? "",
  };
  const callWith = (notes: AuditNotes): Call => ({
    requestId: progress.requestId,
    scope: { accountId: principal.accountId, region },
    principal,
    webIdentity,
    vault: parts.vault,
    notes,
    authorize(action, resource, keys) {
      const { arn } = resource;
      if (arn !== "*" && !notes.resources.includes(arn)) notes.resources.push(arn);
      return authorize(principal, action, resource, circumstances, keys);
    },
    isAllowed: (action, resource, keys) =>
      decide(principal, action, resource, circumstances, keys).isAllowed,
    async renewed() {
      const asOfNow = await authenticated.again?.();
      if (asOfNow === undefined) return undefined;
      const now = { ...progress, now: parts.clock.now(), notes: emptyNotes() };
      return callOf(request, now, { ...authenticated, principal: asOfNow }, parts);
    },
    async part(operation, requestParameters, run, service) {
      const own = emptyNotes();
      let failure: unknown;
      try {
        return await run(callWith(own));
      } catch (thrown) {
        failure = thrown;
        throw thrown;
      } finally {
        notes.parts.push({ service, operation, requestParameters, notes: own, failure });
      }
    },
  });
  return callWith(progress.notes);
}
