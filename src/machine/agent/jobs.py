"""Scheduled jobs: each firing runs on one machine of the fleet, at most once."""

import os
import subprocess
import sys
import time
import uuid

import containers
import environment
import metrics
import settings

LEASE_DAYS = 7


def run(machine, name):
    """Runs a job if this machine is in service and is the first of the fleet to ask for this firing."""
    job = next(job for job in machine['jobs'] if job['name'] == name)
    if not settings.is_in_service():
        print('this machine is not in service', flush=True)
        return
    if not take(name, firing()):
        print('another machine runs it', flush=True)
        return
    service = next(service for service in machine['services'] if service['name'] == job['service'])
    environment.write(service)
    containers.pull([service])
    try:
        containers.compose('run', '--rm', '-T', job['service'], *job['command'])
    except subprocess.CalledProcessError as error:
        metrics.publish({'FailedJobs': (1, 'Count')})
        sys.exit(f'{name} ended with {error.returncode}')


def firing():
    """The minute in which systemd's timer fired, by this machine's clock: the same on all machines, however late a program starts."""
    microseconds = int(os.environ.get('TRIGGER_TIMER_REALTIME_USEC') or time.time_ns() // 1000)
    return microseconds // 60_000_000


def take(name, minute):
    """Takes the lease on a firing, which nobody ever gives back: a job that fails is not started a second time."""
    dynamodb = settings.client('dynamodb')
    # A request that is repeated because its answer was lost finds its own lease.
    owner = f'{settings.instance_id()}/{uuid.uuid4()}'
    try:
        dynamodb.put_item(
            TableName=os.environ['LEASE_TABLE'],
            Item={
                'lease': {'S': f'{name}/{minute}'},
                'owner': {'S': owner},
                'expires': {'N': str(minute * 60 + LEASE_DAYS * 86_400)},
            },
            ConditionExpression='attribute_not_exists(lease) OR #owner = :owner',
            ExpressionAttributeNames={'#owner': 'owner'},
            ExpressionAttributeValues={':owner': {'S': owner}},
        )
        return True
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
