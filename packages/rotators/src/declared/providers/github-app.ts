/** A GitHub App's private keys: there is no API that makes them, or deletes them. */
import type { KeyByHand } from "../description.ts";

export const gitHubAppPrivateKey: KeyByHand = {
  title: "GitHub App's private key",
  documentation:
    "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps",
  baseUrl: "https://api.github.com",
  authentication: { headers: {} },
  metadata: { app: { required: true, says: "The app's name, as its settings' URL has it." } },
  value: { field: "privateKey", keyIdField: "fingerprint" },
  strategy: "manual",
  instructions:
    "Generate a private key in the settings of the app {metadata.app} (Developer settings, GitHub " +
    "Apps, Edit, Private keys) and put the PEM file's text into the secret as the pending version. " +
    "Leave the old key there: you are told when nobody reads it any more.",
  revokeInstructions:
    "In the settings of the app {metadata.app} (Developer settings, GitHub Apps, Edit, Private keys) " +
    "delete the private key of version {version}; claviger history tells how old that is.",
};
