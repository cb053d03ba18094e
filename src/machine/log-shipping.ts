import type { MachineFile } from './machine-file';
import { UBUNTU } from './nginx-layout';
import { MACHINE_ENVIRONMENT, PROGRAM_FOLDER, SETTINGS_FOLDER } from './paths';
import { writeUnit } from './systemd-writer';

const AGENT_FOLDER = '/opt/aws/amazon-cloudwatch-agent';
const CONFIGURATION = `${SETTINGS_FOLDER}/cloudwatch-agent.json`;
/** Stands for the log group, which is known at deployment. */
const LOG_GROUP = '@LOG_GROUP@';

/** Logs of the machine itself; those of services go to CloudWatch straight from Docker. */
export function renderLogShipping(): MachineFile[] {
  return [
    { path: `${PROGRAM_FOLDER}/cloudwatch-agent.json`, mode: '0644', content: agentConfiguration() },
    { path: `${PROGRAM_FOLDER}/ship-logs`, mode: '0755', content: SHIP_LOGS },
    { path: '/etc/logrotate.d/nginx', mode: '0644', content: ROTATION },
    { path: '/etc/systemd/system/logrotate.timer.d/charging-platform.conf', mode: '0644', content: ROTATION_TIMER },
  ];
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html */
function agentConfiguration(): string {
  const files = {
    'nginx-access': `${UBUNTU.logFolder}/access.log`,
    'nginx-error': `${UBUNTU.logFolder}/error.log`,
    system: '/var/log/syslog',
    setup: '/var/log/cloud-init-output.log',
  };
  const configuration = {
    agent: { run_as_user: 'root' },
    logs: {
      logs_collected: {
        files: {
          collect_list: Object.entries(files).map(([stream, file]) => ({
            file_path: file,
            log_group_name: LOG_GROUP,
            log_stream_name: `{instance_id}/${stream}`,
          })),
        },
      },
    },
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}

/** In place of the file of NGINX's package, which keeps two weeks: a busy day alone could fill the disk. */
const ROTATION = `${UBUNTU.logFolder}/*.log {
    size 100M
    rotate 3
    missingok
    nocompress
    create 0640 www-data adm
    sharedscripts
    postrotate
        if [ -f ${UBUNTU.pidFile} ]; then kill -USR1 "$(cat ${UBUNTU.pidFile})"; fi
    endscript
}
`;

const ROTATION_TIMER = writeUnit({
  // An empty value takes back what stands in the package: once a day.
  Timer: { OnCalendar: ['', '*:0/10'], RandomizedDelaySec: 0, AccuracySec: '10s' },
});

const SHIP_LOGS = `#!/bin/bash
# Hands the logs of NGINX and of the system to CloudWatch.
set -euo pipefail
group=$(sed --quiet 's/^LOG_GROUP=//p' ${MACHINE_ENVIRONMENT})
sed "s|${LOG_GROUP}|$group|" ${PROGRAM_FOLDER}/cloudwatch-agent.json > ${CONFIGURATION}
${AGENT_FOLDER}/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${CONFIGURATION}
`;
