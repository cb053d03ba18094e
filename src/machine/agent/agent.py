"""The charging platform on this machine: agent.py start | lifecycle | watch | refresh | job NAME"""

import sys

import jobs
import launch
import lifecycle
import settings
import watch

ACTIONS = {
    'start': launch.start,
    'refresh': launch.refresh,
    'lifecycle': lifecycle.watch,
    'watch': watch.look,
    'job': jobs.run,
}


def main(action, *arguments):
    ACTIONS[action](settings.load(), *arguments)


if __name__ == '__main__':
    main(*sys.argv[1:])
