/** What is found in people's files; every key in it is made up. */
export const realFiles: Readonly<Record<string, string>> = {
  "a database's URL":
    "DATABASE_URL=postgres://shop:p%40ss@db.example.com:5432/shop?sslmode=require",
  "a database's URL in quotes": 'DATABASE_URL="postgres://shop:p@ss#1@db.example.com/shop"',
  "a database's URL that a hash cuts": "DATABASE_URL=postgres://shop:p@ss#1@db.example.com/shop",
  "a list": "ORIGINS=https://a.example.com,https://b.example.com",
  "a list with spaces": "ORIGINS = a, b , c ",
  "a JSON web token": "TOKEN=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s-_5",
  "a webhook": "SLACK_WEBHOOK='https://hooks.example.com/services/T000/B000/XXXX'",
  "an e-mail address": 'MAIL_FROM="Shop <shop@example.com>"',
  "a cron expression": "SCHEDULE=*/5 * * * *",
  "a regular expression": "PATTERN=^/api/(v1|v2)/[a-z]+$",
  "a connection string": "STORAGE=AccountName=shop;AccountKey=abc+/==;EndpointSuffix=example.com",
  "a boolean, a number, null": "DEBUG=true\nPORT=5432\nNOTHING=null",
  "a multi-word value": "APP_NAME=My Shop & Friends",
  "an emoji": "GREETING=hello 👋 world",
  "other scripts": "NAME=日本語\nCITY='Zürich'",
  "vercel env pull":
    '# Created by Vercel CLI\nNX_DAEMON="false"\nSTRIPE_KEY="sk_test_1"\nPEM="a\\nb\\n"\nEMPTY=""\nSAY="say "hi""\n',
  "a file of a framework":
    'APP_ENV=local\nAPP_KEY=base64:abc/def+ghi=\nAPP_DEBUG=true\n\nDB_HOST=127.0.0.1\nDB_PASSWORD=\n\nMAIL_FROM_NAME="${APP_NAME}"\n',
  "a file with sections":
    "###############\n# Stripe\n###############\nSTRIPE_KEY=sk_test_1      # test mode\nSTRIPE_WEBHOOK=whsec_1\n\n#---- SendGrid ----\nSENDGRID_KEY='SG.1'\n",
  "a template with blanks to fill in": "STRIPE_KEY=\nSENDGRID_KEY=<your key>\nOTHER=...\n",
  "a conflict of two branches": "A=1\n<<<<<<< HEAD\nB=2\n=======\nB=3\n>>>>>>> other\nC=4\n",
  "a YAML file by mistake": "stripe:\n  key: sk_test_1\n  hook: 'whsec_1'\n".replace(
    "stripe:\n",
    "",
  ),
  "an INI file by mistake": "[stripe]\nkey = sk_test_1\n; comment\n",
  "a shell script by mistake": "#!/bin/sh\nset -e\nexport A=1\nif true; then\n  B=2\nfi\n",
  "a properties file by mistake": "stripe.key=sk_test_1\n! comment\nstripe.hook : whsec_1\n",
  "a Makefile's assignments": "A := 1\nB ?= 2\nC += 3\n",
};
