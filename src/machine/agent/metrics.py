"""What a machine tells CloudWatch. Metrics stand by group: their average is that of a machine."""

import os

import settings

DISK = '/'
ESTABLISHED = '01'
PROC = os.environ.get('PROC_FOLDER', '/proc')


def publish(values):
    """Publishes metrics, each by its name with a value and its unit."""
    dimensions = [{'Name': 'AutoScalingGroupName', 'Value': settings.group_name()}]
    settings.client('cloudwatch').put_metric_data(
        Namespace=os.environ['METRIC_NAMESPACE'],
        MetricData=[
            {'MetricName': name, 'Value': value, 'Unit': unit, 'Dimensions': dimensions}
            for name, (value, unit) in values.items()
        ],
    )


def ocpp_connections(machine):
    """Sockets that NGINX holds to the replicas of OCPP: one for each charge point."""
    ports = {port for service in machine['services'] if service['protocol'] == 'ocpp' for port in service['replicaPorts']}
    return sum(state == ESTABLISHED and int(remote.split(':')[1], 16) in ports for remote, state in _connections())


def disk_used():
    disk = os.statvfs(DISK)
    return 100 * (1 - disk.f_bavail / disk.f_blocks)


def memory_used():
    with open(f'{PROC}/meminfo', encoding='ascii') as file:
        values = {line.split(':')[0]: int(line.split()[1]) for line in file}
    return 100 * (1 - values['MemAvailable'] / values['MemTotal'])


def _connections():
    """Remote address and state of each TCP connection over IPv4."""
    with open(f'{PROC}/net/tcp', encoding='ascii') as file:
        next(file)
        for line in file:
            _, _, remote, state, *_ = line.split()
            yield remote, state
