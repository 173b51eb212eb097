/** Where something lies: data is kept apart by account and region, as on AWS. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}
