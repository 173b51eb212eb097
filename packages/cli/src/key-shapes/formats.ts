/** What anybody may issue, by a format that is written in a standard: URLs, PEM, tokens. */
import { issuedBy, type KeyShape, secret } from "./key-shape.ts";

const rfc3986 = "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1";
const postgres = "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS";
const mysql =
  "https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html";
const mongodb = "https://www.mongodb.com/docs/manual/reference/connection-string/";
const cloudinary = "https://cloudinary.com/documentation/cloudinary_credentials_tutorial";

export const shapes: readonly KeyShape[] = [
  ...issuedBy("postgres", "PostgreSQL", postgres, [url("postgres(ql)?(\\+\\w+)?")]),
  ...issuedBy("mysql", "MySQL", mysql, [url("(jdbc:)?(mysql|mariadb)(\\+\\w+)?")]),
  ...issuedBy("mongodb", "MongoDB", mongodb, [url("mongodb(\\+srv)?")]),
  ...issuedBy("redis", "Redis", "https://www.iana.org/assignments/uri-schemes/prov/redis", [
    url("rediss?|valkeys?"),
  ]),
  ...issuedBy("amqp", "AMQP", "https://www.rabbitmq.com/docs/uri-spec", [url("amqps?")]),
  ...issuedBy("smtp", "SMTP", rfc3986, [url("smtps?")]),
  ...issuedBy("cloudinary", "Cloudinary", cloudinary, [url("cloudinary")]),
  ...issuedBy("", "", rfc3986, [url("[a-z][a-z0-9+.:-]*")]),
  ...issuedBy("", "", "https://www.connectionstrings.com/formating-rules-for-connection-strings/", [
    secret(
      "connection string with a password",
      "connection_string",
      /^(?=[\s\S]*=)(?=(?:[\s\S]*[;\s])?(?:password|pwd|sharedaccesskey)\s*=\s*[^;\s])[^{}<]+$/i,
    ),
  ]),
  ...issuedBy("", "", "https://www.rfc-editor.org/rfc/rfc7468", [
    secret("private key", "private_key", /^\s*-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----/),
  ]),
  ...issuedBy("", "", "https://www.rfc-editor.org/rfc/rfc7519", [
    secret("signed token (JWT)", "token", /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/),
  ]),
];

/** With a password before the host. */
function url(schemes: string) {
  const pattern = new RegExp(`^(${schemes})://[^\\s/@:]*:[^\\s@]+@\\S+$`, "i");
  return secret("URL with a password", "url", pattern);
}
