"""Whether services and machine answer, asked from the machine itself."""

import http.client


def answers(port, path, timeout=5):
    """The status of an answer on the loopback address, or nothing where none comes."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=timeout)
    try:
        connection.request('GET', path, headers={'User-Agent': 'charging-platform'})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def silent_services(services):
    """Services that listen and do not answer 200 on each of their replicas and through NGINX."""
    return [service['name'] for service in services if service['proxyPort'] and not _is_well(service)]


def is_alive(port, path):
    """A replica that gives any answer is alive: one that says 503 because its database is away is not helped by a restart."""
    return answers(port, path) is not None


def _is_well(service):
    ports = [*service['replicaPorts'], service['proxyPort']]
    return all(answers(port, service['healthCheckPath']) == 200 for port in ports)
