"""Starts the services, and lets the Auto Scaling group go on once every one of them has answered."""

import os
import time

import containers
import environment
import health
import settings

SECONDS_BETWEEN_QUESTIONS = 3
SECONDS_BETWEEN_ATTEMPTS = 3
SECONDS_TO_COMPLETE = 600


def start(machine):
    """Runs at every boot, in the warm pool and after it. Without an answer of all services the launch hook runs out and abandons it."""
    services = machine['services']
    for service in services:
        environment.write(service)
    containers.pull(services)
    containers.compose('up', '--detach', '--remove-orphans')
    wait(services)
    complete('LAUNCH_HOOK', SECONDS_TO_COMPLETE)


def refresh(machine):
    """Reads the secrets again and restarts the services whose secrets changed, one replica at a time."""
    for service in machine['services']:
        if environment.write(service) and service['proxyPort']:
            _restart(service, machine['ocppDrainSeconds'])


def wait(services):
    """Returns when every service has answered 200 on each replica and through NGINX."""
    before = None
    while silent := health.silent_services(services):
        if silent != before:
            print(f'waiting for {", ".join(silent)}', flush=True)
        before = silent
        time.sleep(SECONDS_BETWEEN_QUESTIONS)
    print('every service answers', flush=True)


def complete(hook, seconds):
    """Completes a lifecycle hook of the group, if the fleet has it. The hook may begin a while after the machine is ready."""
    name = os.environ.get(hook)
    group = settings.group_name()
    if not name or not group:
        return
    autoscaling = settings.client('autoscaling')
    end = time.monotonic() + seconds
    while not _completed(autoscaling, group, name) and time.monotonic() < end:
        time.sleep(SECONDS_BETWEEN_ATTEMPTS)


def _completed(autoscaling, group, name):
    try:
        autoscaling.complete_lifecycle_action(
            AutoScalingGroupName=group,
            LifecycleHookName=name,
            InstanceId=settings.instance_id(),
            LifecycleActionResult='CONTINUE',
        )
    except autoscaling.exceptions.ClientError as error:
        # As long as the hook is not under way.
        if error.response['Error']['Code'] != 'ValidationError':
            raise
        return False
    print(f'{name} is completed', flush=True)
    return True


def _restart(service, window):
    """Sockets of charge points end a replica's share at a time, as when the machine is drained."""
    pause = window / len(service['containers']) if service['protocol'] == 'ocpp' else 0
    print(f'new secrets of {service["name"]}', flush=True)
    try:
        for number, container in enumerate(service['containers']):
            time.sleep(pause if number > 0 else 0)
            containers.compose('up', '--detach', '--no-deps', '--force-recreate', container)
            wait([service])
    except BaseException:
        # So that the next time finds them changed again.
        os.remove(environment.path_of(service))
        raise
