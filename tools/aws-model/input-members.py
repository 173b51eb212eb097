"""Writes input-members.json: the names of every operation's input members in AWS's models, as the
installed botocore has them. Nested members are paths: "Tags[].Key", "RotationRules.Duration", and
"Parameters{}.Name" within a map.

When AWS has added something: python3 tools/aws-model/input-members.py && npm run format
"""

import json
import pathlib

import botocore.session

SERVICES = ["secretsmanager", "ssm", "kms", "sts", "iam", "organizations", "cloudtrail"]

# Of Systems Manager only Parameter Store is ours; the rest of it is known by its operations' names.
PARAMETER_STORE = ("Parameter", "TagsToResource", "TagsFromResource", "TagsForResource", "Setting")


def paths(shape, prefix="", above=()):
    if shape.name in above:
        return []
    above = (*above, shape.name)
    if shape.type_name == "list":
        return paths(shape.member, f"{prefix}[]", above)
    if shape.type_name == "map":
        return paths(shape.value, f"{prefix}{{}}", above)
    if shape.type_name != "structure":
        return []
    found = []
    for name, member in shape.members.items():
        path = f"{prefix}.{name}" if prefix else name
        found += [path, *paths(member, path, above)]
    return found


def members(service, model):
    found = {}
    for name in sorted(model.operation_names):
        shape = model.operation_model(name).input_shape
        is_ours = service != "ssm" or any(word in name for word in PARAMETER_STORE)
        found[name] = paths(shape) if shape and is_ours else []
    return found


session = botocore.session.get_session()
services = {name: members(name, session.get_service_model(name)) for name in SERVICES}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(services, indent=2) + "\n")
