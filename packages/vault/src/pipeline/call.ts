/** An authenticated request as its operation sees it. */
import type { Authenticated } from "../authentication/authenticate.ts";
import { authorize, decide } from "../authorization/authorize.ts";
import type { Circumstances } from "../authorization/types.ts";
import { type HttpRequest, header } from "../message.ts";
import type { AuditNotes, Call, Vault } from "../operations/operation.ts";
import { emptyNotes, type Progress } from "./progress.ts";

/** The call that an operation gets: who asks, where, and the questions that it may put. */
export function callOf(
  request: HttpRequest,
  progress: Progress,
  { principal, webIdentity, region: signedRegion }: Authenticated,
  vault: Vault,
): Call {
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
    vault,
    notes,
    authorize(action, resource, keys) {
      const { arn } = resource;
      if (arn !== "*" && !notes.resources.includes(arn)) notes.resources.push(arn);
      return authorize(principal, action, resource, circumstances, keys);
    },
    isAllowed: (action, resource, keys) =>
      decide(principal, action, resource, circumstances, keys).isAllowed,
    async part(operation, requestParameters, run) {
      const own = emptyNotes();
      let failure: unknown;
      try {
        return await run(callWith(own));
      } catch (thrown) {
        failure = thrown;
        throw thrown;
      } finally {
        notes.parts.push({ operation, requestParameters, notes: own, failure });
      }
    },
  });
  return callWith(progress.notes);
}
