/** Variables of the environment that no AWS client can do anything with, and what to write there. */

export interface Told {
  readonly message: string;
  readonly hint: string;
}

const fromVault = 'eval "$(claviger env)"';

/** undefined where the error has another reason. */
export function misset(error: Error & { readonly code?: string }): Told | undefined {
  if (error.message === "Region is missing") {
    return { message: "no AWS region is set", hint: `set AWS_REGION, or ${fromVault}` };
  }
  const [, region] = /^Region not accepted: region="(.*?)"/.exec(error.message) ?? [];
  if (region !== undefined) {
    const hint = `set AWS_REGION to one such as us-east-1, or ${fromVault}`;
    return { message: `${region} is no region`, hint };
  }
  const isOfClient = "$metadata" in error || error.code === "ERR_INVALID_URL";
  return isOfClient ? ofEndpoint(error.code) : undefined;
}

/** To a URL parser `localhost:7400` has a scheme; the SDK then asks another port. */
function ofEndpoint(code: string | undefined): Told | undefined {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (!endpoint) return undefined;
  if (!/^https?:\/\//i.test(endpoint)) {
    const hint = `write http://${endpoint}, or ${fromVault}`;
    return { message: `AWS_ENDPOINT_URL is no URL: ${endpoint}`, hint };
  }
  if (code === "EPROTO" && /^https:/i.test(endpoint)) {
    return {
      message: `what answers at ${endpoint} (AWS_ENDPOINT_URL) speaks no TLS`,
      hint: `write ${endpoint.replace(/^https/i, "http")}, or ${fromVault}`,
    };
  }
  return undefined;
}
