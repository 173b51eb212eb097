/** Which services a policy's document lets one use at all, on whatever, under whatever condition. */

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
}

/**
 * Whether the document, one that IAM took, allows any action of the service. Denies don't count,
 * as on AWS.
 */
export function grantsService(document: string, namespace: string): boolean {
  const { Statement } = JSON.parse(document) as { Statement: Statement | readonly Statement[] };
  const service = namespace.toLowerCase();
  return [Statement].flat().some(({ Effect, Action, NotAction }) => {
    if (Effect !== "Allow") return false;
    if (Action !== undefined) {
      return list(Action).some((action) => action === "*" || serviceOf(action) === service);
    }
    return !list(NotAction).some((action) => action === "*" || action === `${service}:*`);
  });
}

function list(actions: string | readonly string[] = []): readonly string[] {
  return [actions].flat().map((action) => action.toLowerCase());
}

function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(":"));
}
