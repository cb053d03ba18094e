"""Ends the sockets of charge points when the machine leaves service, replica after replica."""

import os
import time

import containers
import launch
import settings

SECONDS_BETWEEN_LOOKS = 2
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
    """Stops the replicas that hold sockets, spread over the window that the load balancer leaves. No new ones come meanwhile."""
    replicas = [
        (container, service['stopGraceSeconds'])
        for service in machine['services']
        if service['protocol'] == 'ocpp'
        for container in service['containers']
    ]
    start = time.monotonic()
    for number, (container, grace) in enumerate(replicas):
        time.sleep(max(0, start + slot(number, len(replicas), machine['ocppDrainSeconds'], grace) - time.monotonic()))
        print(f'stopping {container}', flush=True)
        containers.compose('stop', container)


def slot(number, count, window, grace):
    """Seconds after which a replica is stopped: the last one early enough to end within the window."""
    return max(0, window - grace) * number / max(1, count - 1)
