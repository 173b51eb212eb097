/** What the vault's change feed tells: which secret or parameter has changed, never its value. */

export interface ChangeEvent {
  readonly arn: string;
  readonly name: string;
  readonly type: "secret" | "parameter";
  readonly kind: "created" | "updated" | "stages" | "deleted" | "revoked" | "policy";
  /** The version that the change is about: a secret's id, a parameter's number. */
  readonly version?: string | number;
  /** The labels that it has now: of a secret, and of a parameter. */
  readonly stages?: readonly string[];
  readonly labels?: readonly string[];
}

/** undefined for what says nothing of which resource it is about. */
export function changeEventIn(data: string): ChangeEvent | undefined {
  try {
    const event = Object(JSON.parse(data));
    const isChange = typeof event.arn === "string" && typeof event.name === "string";
    return isChange ? event : undefined;
  } catch {
    return undefined;
  }
}
