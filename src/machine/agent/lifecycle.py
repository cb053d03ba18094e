"""Ends the sockets of charge points when the machine leaves service, replica after replica."""

import os
import subprocess
import sys
import time

import containers
import launch
import settings

SECONDS_BETWEEN_LOOKS = 1
#: The load balancer waits an hour at most before the hook begins.
SECONDS_TO_COMPLETE = 7200


def watch(machine):
    """Looks what the group wants of this machine. Only one that was in service drains: one that is starting has no sockets."""
    served = f'{settings.RUNTIME_FOLDER}/served'
    while not os.path.exists(served):
        if settings.is_in_service():
            # One that comes back from standby has stopped replicas.
            containers.compose('start')
            # Outlives a restart of this program, not of the machine.
            open(served, 'x', encoding='ascii').close()
        time.sleep(SECONDS_BETWEEN_LOOKS)
    while settings.is_in_service():
        time.sleep(SECONDS_BETWEEN_LOOKS)
    print('the machine leaves service', flush=True)
    drain(machine)
    launch.complete('TERMINATE_HOOK', SECONDS_TO_COMPLETE)
    # A machine that goes to the warm pool, or to standby, may be back.
    os.remove(served)


def drain(machine):
    """Ends the sockets of one replica after another, spread over the window that the load balancer leaves. No new ones come meanwhile."""
    replicas = [
        (service, container)
        for service in machine['services']
        if service['protocol'] == 'ocpp'
        for container in service['containers']
    ]
    start = time.monotonic()
    for number, (service, container) in enumerate(replicas):
        begin, share = slot(number, len(replicas), machine['ocppDrainSeconds'], service)
        time.sleep(max(0, start + begin - time.monotonic()))
        print(f'stopping {container}', flush=True)
        if service['drainCommand']:
            _ask_to_drain(container, share, service['drainCommand'])
        containers.compose('stop', container)


def slot(number, count, window, service):
    """When a replica's turn begins, and how long it may take: the last one ends within the window, its polite signal included."""
    usable = max(0, window - service['stopGraceSeconds'])
    if service['drainCommand']:
        return usable * number / count, usable / count
    return usable * number / max(1, count - 1), 0


def _ask_to_drain(container, seconds, command):
    """The service closes its sockets by itself. If it cannot, the signal to stop does it, all at once."""
    variable = f'DRAIN_SECONDS={int(seconds)}'
    try:
        containers.compose('exec', '-T', '--env', variable, container, *command, timeout=seconds)
    except subprocess.SubprocessError as error:
        print(f'{container} did not drain by itself: {error}', file=sys.stderr, flush=True)
