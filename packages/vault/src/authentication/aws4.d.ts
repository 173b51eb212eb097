/** The part of aws4 (https://github.com/mhart/aws4) that the tests sign with; it has no types. */
declare module "aws4" {
  interface Request {
    service: string;
    region: string;
    method: string;
    /** Path and query as they are sent. */
    path: string;
    headers: Record<string, string | number>;
    body?: string | Buffer;
    /** Signs the query instead of adding an Authorization header. */
    signQuery?: boolean;
  }
  interface Credentials {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string | undefined;
  }
  const aws4: { sign<R extends Request>(request: R, credentials: Credentials): R };
  export default aws4;
}
