"""What this machine knows about itself: settings of the library, the environment of the deployment, and EC2's metadata."""

import json
import os
import urllib.error
import urllib.request

SETTINGS_FOLDER = os.environ.get('SETTINGS_FOLDER', '/etc/charging-platform')
RUNTIME_FOLDER = os.environ.get('RUNTIME_FOLDER', '/run/charging-platform')
METADATA_ADDRESS = os.environ.get('METADATA_ADDRESS', 'http://169.254.169.254')
STATE = 'autoscaling/target-lifecycle-state'
IN_SERVICE = 'InService'


def load():
    """The settings that were rendered with the machine's files."""
    with open(f'{SETTINGS_FOLDER}/machine.json', encoding='utf-8') as file:
        return json.load(file)


def client(service):
    """A client of AWS with the machine's role. Adaptive retries: a whole fleet may ask at the same moment."""
    import boto3
    from botocore.config import Config

    retries = {'mode': 'adaptive', 'total_max_attempts': 8}
    return boto3.client(
        service,
        region_name=os.environ['AWS_REGION'],
        config=Config(connect_timeout=5, read_timeout=10, retries=retries),
    )


def metadata(path):
    """A value of the instance's metadata, or nothing where EC2 knows none."""
    token = _ask('PUT', '/latest/api/token', {'X-aws-ec2-metadata-token-ttl-seconds': '60'})
    try:
        return _ask('GET', f'/latest/meta-data/{path}', {'X-aws-ec2-metadata-token': token})
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def instance_id():
    return metadata('instance-id')


def group_name():
    """The Auto Scaling group, which EC2 writes on its machines."""
    return metadata('tags/instance/aws:autoscaling:groupName')


def is_in_service():
    """Whether the group wants this machine to serve: not while it waits in the warm pool, and not when it leaves."""
    return metadata(STATE) == IN_SERVICE


def _ask(method, path, headers):
    request = urllib.request.Request(METADATA_ADDRESS + path, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.read().decode()
