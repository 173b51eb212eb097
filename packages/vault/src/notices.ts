/**
 * What the vault tells of by itself because a moment has come: a parameter policy's, the end of a
 * secret's token, or one in a rotation that asks for somebody's attention. The domain says it to a
 * `NoticeSink`; who hears of it is the sink's affair.
 */

export interface Notice {
  readonly kind: NoticeKind;
  readonly arn: string;
  readonly name: string;
  readonly type: "parameter" | "secret";
  /** When it fell due, in milliseconds since the epoch: the same however late it is told. */
  readonly time: number;
  /** Until when somebody has to have done what it asks for, where that is later; as `time`. */
  readonly dueAt?: number | undefined;
  /** The resource's, as they were: whether a listener may hear of it, and whose it is (`owner`). */
  readonly tags: Readonly<Record<string, string>>;
  /** For people: why, or what to do. It holds no value. */
  readonly detail?: string | undefined;
}

export type ParameterNoticeKind = "Expiration" | "ExpirationNotification" | "NoChangeNotification";

export type NoticeKind =
  | ParameterNoticeKind
  /** By the schedule it begins within a day. */
  | "RotationUpcoming"
  | "RotationFailed"
  /** An old key lives on, because of readers that still have it. */
  | "RotationWaiting"
  /** Somebody has to make the new value by hand. */
  | "RotationDue";

export interface NoticeSink {
  /**
   * Resolves once the notice is kept; only then does the resource's row record that it was given.
   * A kill between the two brings the same notice again, equal in kind, ARN and time: a sink takes
   * it for the one that it has. Where it rejects, the next sweep gives the notice again.
   */
  give(notice: Notice): Promise<void>;
}

/** Where nobody listens. */
export const unheard: NoticeSink = { give: async () => {} };
