import type { MachineDescription, ScheduleDescription } from './description';
import { matching } from './hostile';
import type { MachineFile } from './machine-file';
import { UBUNTU } from './nginx-layout';
import { MACHINE_ENVIRONMENT, PROGRAM_FOLDER } from './paths';
import { type Unit, unitText, writeUnit } from './systemd-writer';

const UNIT_FOLDER = '/etc/systemd/system';
const NAME = /^[a-z][a-z\d-]*$/;
const ZONE = /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/;
/** What a calendar event of systemd is made of. */
const CALENDAR = /^[\w*.,:/~ -]+$/;

/** Before every service has answered, nobody looks after them or runs their jobs: systemd keeps what it is asked to start waiting. */
const STARTED = 'network-online.target docker.service charging-platform.service';

/** Root, because Docker's socket is root's; and nothing else that root may. */
const CONFINED = {
  NoNewPrivileges: 'yes',
  CapabilityBoundingSet: '',
  ProtectSystem: 'strict',
  ProtectHome: 'yes',
  PrivateTmp: 'yes',
  PrivateDevices: 'yes',
  ProtectKernelTunables: 'yes',
  ProtectKernelModules: 'yes',
  ProtectKernelLogs: 'yes',
  ProtectControlGroups: 'yes',
  ProtectClock: 'yes',
  ProtectHostname: 'yes',
  RestrictAddressFamilies: 'AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  RestrictNamespaces: 'yes',
  RestrictRealtime: 'yes',
  RestrictSUIDSGID: 'yes',
  LockPersonality: 'yes',
  SystemCallArchitectures: 'native',
  SystemCallFilter: '@system-service',
  UMask: '0077',
  RuntimeDirectory: 'charging-platform',
  RuntimeDirectoryMode: '0700',
  RuntimeDirectoryPreserve: 'yes',
  StateDirectory: 'charging-platform',
};

/** What runs on a machine, and when. */
export function renderUnits(machine: MachineDescription): MachineFile[] {
  const units: [string, Unit][] = [
    ['charging-platform.service', platform()],
    ['charging-platform-lifecycle.service', lifecycle()],
    ...timed('charging-platform-watch', 'Health and metrics of the machine', 'watch', {
      OnCalendar: 'minutely',
      AccuracySec: '5s',
    }),
    ...timed('charging-platform-refresh', 'Secrets of the services, read again', 'refresh', {
      OnCalendar: `*-*-* 02:30:00 ${zone(machine.timeZone)}`,
      RandomizedDelaySec: '2h',
    }),
    ...jobs(machine),
    ['nginx.service.d/charging-platform.conf', nginx()],
  ];
  return units.map(([name, unit]) => ({ path: `${UNIT_FOLDER}/${name}`, mode: '0644', content: writeUnit(unit) }));
}

/** Units that are switched on when the machine is set up, the platform itself last. */
export function enabledUnits(machine: MachineDescription): string[] {
  return [
    ...renderUnits(machine)
      .map(({ path }) => path.slice(UNIT_FOLDER.length + 1))
      .filter((name) => name.endsWith('.timer')),
    'charging-platform-lifecycle.service',
    'charging-platform.service',
  ];
}

function platform(): Unit {
  return {
    Unit: {
      Description: 'Services of the charging platform',
      Wants: 'network-online.target docker.service nginx.service',
      After: 'network-online.target docker.service nginx.service',
    },
    Service: {
      ...command('start'),
      Type: 'oneshot',
      RemainAfterExit: 'yes',
      TimeoutStartSec: '30min',
      Restart: 'on-failure',
      RestartSec: '15s',
    },
    Install: { WantedBy: 'multi-user.target' },
  };
}

function lifecycle(): Unit {
  return {
    Unit: {
      Description: 'Drains the machine when it leaves service',
      Wants: 'network-online.target',
      After: STARTED,
    },
    Service: {
      ...command('lifecycle'),
      Restart: 'always',
      RestartSec: '5s',
    },
    Install: { WantedBy: 'multi-user.target' },
  };
}

function timed(name: string, description: string, action: string, timer: Record<string, string>): [string, Unit][] {
  return [
    [
      `${name}.service`,
      {
        Unit: { Description: description, After: STARTED },
        Service: { ...command(action), Type: 'oneshot', TimeoutStartSec: 'infinity' },
      },
    ],
    [`${name}.timer`, { Unit: { Description: description }, Timer: timer, Install: { WantedBy: 'timers.target' } }],
  ];
}

function jobs({ services }: MachineDescription): [string, Unit][] {
  const schedules = services.flatMap((service) => service.schedules);
  return schedules.length === 0
    ? []
    : [
        [
          'charging-platform-job@.service',
          {
            Unit: { Description: 'Job %i of the charging platform', After: STARTED },
            Service: { ...command('job', '%i'), Type: 'oneshot', TimeoutStartSec: 'infinity' },
          },
        ],
        ...schedules.map((schedule): [string, Unit] => [
          `charging-platform-job-${matching('name', schedule.name, NAME, 'lower case letters, digits and hyphens')}.timer`,
          {
            Unit: { Description: `Starts the job ${schedule.name}` },
            Timer: {
              OnCalendar: calendar(schedule),
              // What a machine missed while it was down has run elsewhere.
              Persistent: 'false',
              AccuracySec: '1s',
              Unit: `charging-platform-job@${schedule.name}.service`,
            },
            Install: { WantedBy: 'timers.target' },
          },
        ]),
      ];
}

function nginx(): Unit {
  return {
    Unit: { StartLimitIntervalSec: 0 },
    Service: { LimitNOFILE: UBUNTU.openFiles, Restart: 'always', RestartSec: '2s' },
  };
}

function command(...args: string[]) {
  return {
    Environment: 'PYTHONUNBUFFERED=1',
    EnvironmentFile: MACHINE_ENVIRONMENT,
    ExecStart: `/usr/bin/python3 ${PROGRAM_FOLDER}/agent.py ${args.join(' ')}`,
    ...CONFINED,
  };
}

function calendar({ onCalendar, timeZone }: ScheduleDescription): string {
  const event = matching('calendar', onCalendar, CALENDAR, 'a calendar event of systemd like Mon..Fri *-*-* 04:30:00');
  return unitText('calendar', `${event} ${zone(timeZone)}`);
}

function zone(timeZone: string): string {
  return matching('timeZone', timeZone, ZONE, 'a zone of the IANA database like Europe/Madrid');
}
