/** An account at the provider, as its sales department makes one. */

export interface Ordered {
  /** Makes and deletes the account's tokens. */
  readonly managementKey: string;
  /** The first of them. */
  readonly token: string;
}

/** What else than usual: `tokens=1` for a plan with one token alone, `qps`, `keep`. */
export async function orderAccount(
  providerUrl: string,
  wishes: Readonly<Record<string, string>> = {},
): Promise<Ordered> {
  const wanted = new URLSearchParams({ endpoint: "/v1/current", ...wishes });
  const response = await fetch(`${providerUrl}/admin/accounts?${wanted}`, { method: "POST" });
  return (await response.json()) as Ordered;
}
