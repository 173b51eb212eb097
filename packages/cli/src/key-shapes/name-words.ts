/** What the words of a variable's name say of its value. */

/** A name that ends so means the secret itself, whatever it looks like. */
export const secretEnds = words(`
  PASSWORD PASSWD PASSPHRASE PASSCODE PWD PASS PW SECRET SECRETS TOKEN APIKEY PIN SALT PEPPER SEED
  MNEMONIC CREDENTIAL CREDENTIALS
`);

/** A name with one of these is of a secret, unless its end says otherwise. */
export const secretWords = words(`
  KEY KEYS AUTH PRIVATE SIGNING ENCRYPTION COOKIE DSN WEBHOOK BEARER CERT LICENSE TOKENS CREDS
`);

/** A name that ends so holds words and numbers. */
export const plainEnds = words(`
  ENV ENVIRONMENT LEVEL MODE REGION ZONE HOST HOSTNAME HOSTS PORT NAME USER USERNAME DRIVER DIALECT
  FORMAT LANG LANGUAGE LOCALE TZ TIMEZONE TYPE PROVIDER MAILER CONNECTION COLOR COLOUR SCHEDULE CRON
  FLAGS BACKEND DATABASE DB SCHEMA BUCKET QUEUE TOPIC PATH DIR FOLDER FILE CHANNEL STAGE SCHEME
  PROTOCOL DOMAIN EMAIL FROM SENDER ADDRESS INDEX VERSION PREFIX SUFFIX ID TTL TIMEOUT LIMIT SIZE
  COUNT CURRENCY COUNTRY TITLE THEME ORIGIN ORIGINS ENDPOINT URL URI ALGORITHM DEBUG VERBOSE
  ARN SHA COMMIT REVISION DIGEST TAG HEADER CONTEXT
`);

/** A name that ends so is of what machines made, and nobody keeps to themselves. */
export const randomEnds = words("ID ARN SHA COMMIT REVISION DIGEST TAG");

/** Before KEY: the key is one of a table or a cache, and opens nothing. */
export const plainKeys = words("CACHE SORT PARTITION FOREIGN");

/** Its owner means it to be seen. */
export const publicWords = words("PUBLIC PUBLISHABLE");

/** How the name begins, if build tools put what begins so into what they send to browsers. */
export function browserPrefix(variable: string): string | undefined {
  const prefixes =
    /^(NEXT_PUBLIC_|VITE_|REACT_APP_|NUXT_PUBLIC_|EXPO_PUBLIC_|PUBLIC_|GATSBY_|VUE_APP_)/;
  return prefixes.exec(variable)?.[0];
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
