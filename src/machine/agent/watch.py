"""Looks after the machine each minute: its metrics, replicas that hang, and whether it is broken as a whole."""

import json
import os
import subprocess
import sys
import tempfile

import containers
import health
import metrics
import settings

STATE_FOLDER = os.environ.get('STATE_DIRECTORY', '/var/lib/charging-platform')
#: Looks in a row, one a minute, before something is done.
PATIENCE = 3
FULL_PERCENT = 95


def look(machine):
    """One look. What it counts survives in memory from look to look."""
    counts = _read_counts()
    machine_faults = faults(machine)
    silent = silent_replicas(machine)
    for problem in machine_faults:
        print(f'this machine: {problem}', file=sys.stderr, flush=True)
    counts = {key: counts.get(key, 0) + 1 for key in [*silent, *(['machine'] if machine_faults else [])]}
    in_service = settings.is_in_service()
    if in_service and counts.get('machine', 0) >= PATIENCE:
        report_unhealthy()
    elif in_service and not machine_faults:
        counts = {key: count for key, count in counts.items() if not _restarted(key, count)}
    _write_counts(counts)
    if in_service:
        publish(machine)


def faults(machine):
    """What makes the whole machine useless. That a service fails is not among it: its siblings hold the sockets of charge points."""
    checks = {
        'NGINX does not answer': lambda: health.answers(machine['machineHealthPort'], '/health') == 200,
        'Docker does not answer': _docker_answers,
        'the disk is full or broken': _disk_works,
    }
    return [fault for fault, check in checks.items() if not check()]


def silent_replicas(machine):
    """Replicas from which no answer comes at all. A replica that was stopped on purpose is not asked."""
    running = _running()
    return [
        container
        for service in machine['services']
        for container, port in zip(service['containers'], service['replicaPorts'])
        if container in running and not health.is_alive(port, service['healthCheckPath'])
    ]


def report_unhealthy():
    """Lets the group replace this machine."""
    print('this machine is broken and reports itself', file=sys.stderr, flush=True)
    settings.client('autoscaling').set_instance_health(
        InstanceId=settings.instance_id(), HealthStatus='Unhealthy', ShouldRespectGracePeriod=True
    )


def publish(machine):
    metrics.publish(
        {
            'OcppConnections': (metrics.ocpp_connections(machine), 'Count'),
            'DiskUsedPercent': (metrics.disk_used(), 'Percent'),
            'MemoryUsedPercent': (metrics.memory_used(), 'Percent'),
        }
    )


def _docker_answers():
    try:
        containers.docker('version', '--format', 'Docker {{.Server.Version}}', timeout=30, stdout=subprocess.DEVNULL)
        return True
    except (OSError, subprocess.SubprocessError):
        return False


def _disk_works():
    try:
        with tempfile.TemporaryFile(dir=STATE_FOLDER) as file:
            file.write(b'written')
            file.flush()
            os.fsync(file.fileno())
        return metrics.disk_used() < FULL_PERCENT
    except OSError:
        return False


def _running():
    try:
        return containers.running()
    except (OSError, subprocess.SubprocessError):
        return []


def _restarted(container, count):
    if count < PATIENCE:
        return False
    print(f'{container} gives no answer and is restarted', file=sys.stderr, flush=True)
    containers.compose('restart', container)
    return True


def _counts_file():
    return f'{settings.RUNTIME_FOLDER}/watch.json'


def _read_counts():
    try:
        with open(_counts_file(), encoding='ascii') as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def _write_counts(counts):
    with open(_counts_file(), 'w', encoding='ascii') as file:
        json.dump(counts, file)
