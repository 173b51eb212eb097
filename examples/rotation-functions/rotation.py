"""AWS's four steps of a rotation, once for every function that lies beside this file.

What is rotated is a module with three functions: `new_value(secret)` makes up the new value or has it
made, `set_value(secret)` has it accepted where it wasn't, and `test_value(secret)` raises unless it is.
Each step may come again for the same token, and then changes nothing more.
"""

import logging
import os

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def rotate(event, module):
    step, token = event["Step"], event["ClientRequestToken"]
    endpoint = os.environ["SECRETS_MANAGER_ENDPOINT"]
    secret = Secret(boto3.client("secretsmanager", endpoint_url=endpoint), event["SecretId"], token)
    if not secret.is_pending():
        logger.info("%s: version %s is AWSCURRENT already", step, token)
        return
    if step == "createSecret":
        if secret.value("AWSPENDING") is None:
            secret.put_pending(module.new_value(secret))
    elif step == "setSecret":
        module.set_value(secret)
    elif step == "testSecret":
        module.test_value(secret)
    elif step == "finishSecret":
        secret.promote()
    else:
        raise ValueError(f"Unknown step {step}")
    logger.info("%s: done for version %s", step, token)


class Secret:
    """The secret, as the rotation of one token sees it."""

    def __init__(self, client, arn, token):
        self.client = client
        self.arn = arn
        self.token = token

    def is_pending(self):
        """False once this token's version is AWSCURRENT. Raises where it isn't to be rotated to."""
        described = self.client.describe_secret(SecretId=self.arn)
        if not described.get("RotationEnabled"):
            raise ValueError(f"Secret {self.arn} is not enabled for rotation")
        stages = described["VersionIdsToStages"].get(self.token)
        if stages is None:
            raise ValueError(f"Secret version {self.token} has no stage for rotation")
        if "AWSCURRENT" in stages:
            return False
        if "AWSPENDING" not in stages:
            raise ValueError(f"Secret version {self.token} is not AWSPENDING")
        return True

    def value(self, stage):
        """None where that stage has no value."""
        version = {"VersionId": self.token} if stage == "AWSPENDING" else {}
        try:
            found = self.client.get_secret_value(SecretId=self.arn, VersionStage=stage, **version)
        except self.client.exceptions.ResourceNotFoundException:
            return None
        return found["SecretString"]

    def put_pending(self, value):
        self.client.put_secret_value(
            SecretId=self.arn,
            ClientRequestToken=self.token,
            SecretString=value,
            VersionStages=["AWSPENDING"],
        )

    def promote(self):
        versions = self.client.describe_secret(SecretId=self.arn)["VersionIdsToStages"]
        current = next(id for id, stages in versions.items() if "AWSCURRENT" in stages)
        self.client.update_secret_version_stage(
            SecretId=self.arn,
            VersionStage="AWSCURRENT",
            MoveToVersionId=self.token,
            RemoveFromVersionId=current,
        )
