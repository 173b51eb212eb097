import { expect, test } from "vitest";
import { forOther } from "./clone-account.ts";

const account = { user: "o'b", host: "10.%" };

test.each([
  [
    "MySQL 8",
    "GRANT SELECT ON `d`.* TO `o'b`@`10.%` WITH GRANT OPTION",
    "GRANT SELECT ON `d`.* TO X WITH GRANT OPTION",
  ],
  ["MySQL 8, of a role", "GRANT `r`@`%` TO `o'b`@`10.%`", "GRANT `r`@`%` TO X"],
  ["MySQL 8, of less", "REVOKE INSERT ON `d`.* FROM `o'b`@`10.%`", "REVOKE INSERT ON `d`.* FROM X"],
  ["MySQL 5.7", "GRANT USAGE ON *.* TO 'o''b'@'10.%'", "GRANT USAGE ON *.* TO X"],
  [
    "MariaDB, with a password",
    "GRANT USAGE ON *.* TO `o'b`@`10.%` IDENTIFIED BY PASSWORD '*94BD WITH GRANT' REQUIRE SSL WITH GRANT OPTION",
    "GRANT USAGE ON *.* TO X WITH GRANT OPTION",
  ],
  [
    "MariaDB, of a role",
    "GRANT `r` TO `o'b`@`10.%` WITH ADMIN OPTION",
    "GRANT `r` TO X WITH ADMIN OPTION",
  ],
  [
    "MariaDB, of its default role",
    "SET DEFAULT ROLE `r` FOR `o'b`@`10.%`",
    "SET DEFAULT ROLE `r` FOR X",
  ],
  [
    "of what is named like the account",
    "GRANT ALL ON `a TO ``o'b``@``10.%`` b`.* TO `o'b`@`10.%`",
    "GRANT ALL ON `a TO ``o'b``@``10.%`` b`.* TO X",
  ],
])("a grant as %s shows it is the clone's", (_, grant, expected) => {
  expect(forOther(grant, account, "X")).toBe(expected);
});

test("what a role has is not the account's own line", () => {
  expect(forOther("GRANT SELECT ON `d`.* TO `r`", account, "X")).toBeUndefined();
});
