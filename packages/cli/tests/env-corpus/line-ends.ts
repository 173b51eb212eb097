/** Line ends, byte order marks, and values of several lines. */
export const lineEnds: Readonly<Record<string, string>> = {
  "CR LF": "KEY=value\r\nB=2\r\n",
  "CR alone": "KEY=value\rB=2\r",
  mixed: "KEY=value\nB=2\r\nC=3\rD=4",
  "CR LF and a comment": "KEY=value # c\r\nB=2",
  "CR LF and no value": "KEY=\r\nB=2",
  "CR LF in quotes becomes LF": 'KEY="a\r\nb"\r\nB=2',
  "CR in quotes becomes LF": "KEY='a\rb'",
  "no end of the last line": "KEY=value\nB=2",
  "a byte order mark": "\ufeffKEY=value",
  "a byte order mark and a comment": "\ufeff# comment\nKEY=value",
  "a byte order mark and CR LF": "\ufeffKEY=value\r\nB=2\r\n",
  "a byte order mark in the middle": "KEY=value\n\ufeffB=2",
  "two lines in double quotes": 'KEY="one\ntwo"\nB=2',
  "two lines in single quotes": "KEY='one\ntwo'\nB=2",
  "two lines in backticks": "KEY=`one\ntwo`\nB=2",
  "an empty line in quotes": 'KEY="one\n\ntwo"',
  "a line that looks like an assignment": 'KEY="one\nB=2\nthree"\nC=3',
  "a line that looks like a comment": "KEY='one\n# two\nthree'",
  "a comment behind the last line": 'KEY="one\ntwo" # comment\nB=2',
  "spaces at the ends of lines": 'KEY="one  \n  two  "',
  "a line end right behind the quote": 'KEY="\none\n"',
  "an apostrophe in several lines": 'KEY="it\'s\ntwo"',
  "a private key":
    'KEY="-----BEGIN PRIVATE KEY-----\nMIIB\nVgIBADANBg==\n-----END PRIVATE KEY-----"\nB=2',
  "a private key with a line end at its end":
    "KEY='-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n'",
  "a private key with escapes": 'KEY="-----BEGIN KEY-----\\nMIIB\\n-----END KEY-----\\n"',
  "a private key without quotes":
    "KEY=-----BEGIN KEY-----\nMIIB\nVgIBADANBg==\n-----END KEY-----\nB=2",
  "a certificate chain":
    "KEY='-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----'",
  "JSON over lines": 'KEY=\'{\n  "user": "shop"\n}\'',
  "an escaped quote over lines": 'KEY="one \\"two\nthree\\" four"\nB=2',
  "quotes that close early over lines": 'KEY="one\ntwo" three\nB=2',
};
