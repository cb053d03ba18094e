"""Environment of the containers: what the deployment wrote, and secrets, which are read at start and stay in memory."""

import json
import os
import re

import settings

VARIABLE = re.compile(r'^([A-Za-z_][A-Za-z0-9_]*)=(.*)$')


def write(service):
    """Writes the environment of a service, and says whether it was another before. Values are never logged."""
    variables = read_plain(f'{settings.SETTINGS_FOLDER}/{service["name"]}.env')
    for name, source in service['secrets'].items():
        variables[name] = read_secret(os.environ[source])
    return replace(path_of(service), encode(variables))


def path_of(service):
    return f'{settings.RUNTIME_FOLDER}/{service["name"]}.env'


def read_plain(path):
    """Variables of a file, one line each, whose values stand as they are."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding='utf-8') as file:
        found = [VARIABLE.match(line.rstrip('\n')) for line in file]
    return {match[1]: match[2] for match in found if match}


def read_secret(arn):
    """A secret of Secrets Manager, one field of its JSON where the ARN goes on with `:field::`, or a parameter."""
    parts = arn.split(':')
    if parts[2] == 'ssm':
        return settings.client('ssm').get_parameter(Name=arn, WithDecryption=True)['Parameter']['Value']
    text = settings.client('secretsmanager').get_secret_value(SecretId=':'.join(parts[:7]))['SecretString']
    return str(json.loads(text)[parts[7]]) if len(parts) > 7 else text


def encode(variables):
    """The variables as Compose reads them: in double quotes, where nothing but the escapes below has a meaning."""
    return ''.join(f'{name}="{_escape(value)}"\n' for name, value in sorted(variables.items()))


def replace(path, text):
    """Writes a file that only root reads, whole or not at all, and says whether it was another before."""
    if os.path.exists(path):
        with open(path, encoding='utf-8', newline='') as file:
            if file.read() == text:
                return False
    temporary = f'{path}.new'
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w', encoding='utf-8', newline='') as file:
        file.write(text)
    os.replace(temporary, path)
    return True


def _escape(value):
    for plain, escaped in (('\\', '\\\\'), ('"', '\\"'), ('$', '\\$'), ('\n', '\\n'), ('\r', '\\r')):
        value = value.replace(plain, escaped)
    return value
