/** What a pasted denial says: an encoded message, a whole error text, or a request's id. */

export type Pasted =
  | { readonly type: "encoded"; readonly encoded: string }
  | { readonly type: "request"; readonly id: string }
  | { readonly type: "text"; readonly denied: DeniedRequest }
  | { readonly type: "unknown" };

/** Who was denied what on which resource, as AWS's sentence has it. */
export interface DeniedRequest {
  readonly principalArn: string;
  readonly action: string;
  /** undefined where AWS names none. */
  readonly resource: string | undefined;
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

export function readPasted(text: string): Pasted {
  // Terminals break long lines: an encoded message is put together again.
  const encoded =
    /Encoded authorization failure message:\s*([\w+/=-]+(?:\n\s*[\w+/=-]{40,})*)/.exec(text);
  if (encoded?.[1] !== undefined)
    return { type: "encoded", encoded: encoded[1].replace(/\s+/g, "") };
  const trimmed = text.trim();
  if (new RegExp(`^${uuid.source}$`, "i").test(trimmed)) return { type: "request", id: trimmed };
  const denied = readDenial(text);
  if (denied !== undefined) return { type: "text", denied };
  const named = new RegExp(`request ?id:? ?(${uuid.source})`, "i").exec(text)?.[1];
  if (named !== undefined) return { type: "request", id: named };
  if (/^[\w+/=\s-]{80,}$/.test(trimmed))
    return { type: "encoded", encoded: trimmed.replace(/\s+/g, "") };
  return { type: "unknown" };
}

/** "User: ARN is not authorized to perform: ACTION on resource: ARN because …" */
export function readDenial(text: string): DeniedRequest | undefined {
  const flat = text.replace(/\s+/g, " ");
  const form =
    /User: (arn:\S+) is not authorized to perform: ([\w-]+:\w+)(?: on (?:resource: (.+?)|this resource|the resource associated with this ciphertext))?(?= because | with an explicit| Encoded |["'.]?$)/;
  const [, principalArn, action, resource] = form.exec(flat) ?? [];
  if (principalArn === undefined || action === undefined) return undefined;
  return { principalArn, action, resource };
}
