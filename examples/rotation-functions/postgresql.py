"""Rotates the password of one PostgreSQL user, who changes it themselves.

The secret is JSON of AWS's form: engine, host, port, dbname, username, password. Environment:
SECRETS_MANAGER_ENDPOINT. From the moment the password is set until the new version is AWSCURRENT,
who connects anew finds the right one under AWSPENDING.
"""

import json
import sys

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

import rotation


def lambda_handler(event, context):
    rotation.rotate(event, sys.modules[__name__])


def new_value(secret):
    made = secret.client.get_random_password(PasswordLength=32, ExcludePunctuation=True)
    return json.dumps({**json.loads(secret.value("AWSCURRENT")), "password": made["RandomPassword"]})


def set_value(secret):
    pending = json.loads(secret.value("AWSPENDING"))
    if (connection := connected(pending)) is not None:
        connection.close()
        return
    # The previous one, where the current was put by hand and never set.
    for stage in ("AWSCURRENT", "AWSPREVIOUS"):
        value = secret.value(stage)
        connection = None if value is None else connected(json.loads(value))
        if connection is not None:
            with connection, connection.cursor() as cursor:
                cursor.execute(change_of_password(pending, connection))
            connection.close()
            return
    raise ValueError("Neither the current nor the previous version can log in to set the new one")


def test_value(secret):
    connection = connected(json.loads(secret.value("AWSPENDING")))
    if connection is None:
        raise ValueError("The pending version can't log in")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT now()")
    connection.close()


def change_of_password(account, connection):
    """Only the password's verifier is sent: a statement may stand in the server's log."""
    name, password = account["username"], account["password"]
    verifier = encrypt_password(password, name, connection, "scram-sha-256")
    return sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(verifier))


def connected(account):
    """None where the server refuses the password."""
    try:
        return psycopg2.connect(
            host=account["host"],
            port=account["port"],
            dbname=account["dbname"],
            user=account["username"],
            password=account["password"],
            connect_timeout=5,
        )
    except psycopg2.OperationalError as error:
        if "password authentication failed" in str(error):
            return None
        raise
