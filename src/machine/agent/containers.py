"""Docker, through its command line and Compose."""

import base64
import os
import re
import subprocess

import settings

REGISTRY = re.compile(r'^(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$')
PROJECT = 'com.docker.compose.project=charging-platform'


def compose(*arguments, **options):
    """Runs Compose over this machine's containers."""
    file = f'{settings.SETTINGS_FOLDER}/compose.yaml'
    docker('compose', '--file', file, '--progress', 'quiet', *arguments, **options)


def docker(*arguments, **options):
    """Runs Docker; an exit code other than 0 is an error."""
    environment = {**os.environ, 'DOCKER_CONFIG': f'{settings.RUNTIME_FOLDER}/docker'}
    environment['INSTANCE_ID'] = settings.instance_id()
    return subprocess.run(['docker', *arguments], env=environment, check=True, **options)


def pull(services):
    """Fetches the images that are not on the machine yet, so that one of the warm pool starts while registries are down."""
    images = {os.environ[service['image']] for service in services}
    missing = sorted(image for image in images if not _is_here(image))
    for registry in sorted({image.split('/')[0] for image in missing}):
        match = REGISTRY.match(registry)
        if match:
            _log_in(registry, match[1])
    for image in missing:
        docker('pull', '--quiet', image)


def running():
    """Names of the containers that run, as Compose knows them."""
    template = '{{.Label "com.docker.compose.service"}}'
    listed = docker(
        'ps', '--filter', f'label={PROJECT}', '--format', template, stdout=subprocess.PIPE, text=True, timeout=30
    )
    return listed.stdout.split()


def _is_here(image):
    try:
        docker('image', 'inspect', image, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return True
    except subprocess.CalledProcessError:
        return False


def _log_in(registry, account):
    """The password is good for twelve hours and stays in memory."""
    answer = settings.client('ecr').get_authorization_token(registryIds=[account])
    user, password = base64.b64decode(answer['authorizationData'][0]['authorizationToken']).decode().split(':', 1)
    docker('login', '--username', user, '--password-stdin', registry, input=password, text=True)
