import type { MachineFile } from './machine-file';
import { UBUNTU } from './nginx-layout';
import { PROGRAM_FOLDER } from './paths';

const AGENT_FOLDER = '/opt/aws/amazon-cloudwatch-agent';
/** Stands for the log group, which is known at deployment. */
const LOG_GROUP = '@LOG_GROUP@';

/** Logs of the machine itself; those of services go to CloudWatch straight from Docker. */
export function renderLogShipping(): MachineFile[] {
  return [
    { path: `${PROGRAM_FOLDER}/cloudwatch-agent.json`, mode: '0644', content: agentConfiguration() },
    { path: `${PROGRAM_FOLDER}/ship-logs`, mode: '0755', content: SHIP_LOGS },
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

const SHIP_LOGS = `#!/bin/bash
# Hands the logs of NGINX and of the system to CloudWatch.
set -euo pipefail
sed "s#${LOG_GROUP}#\${LOG_GROUP:?}#" ${PROGRAM_FOLDER}/cloudwatch-agent.json > /etc/charging-platform/cloudwatch-agent.json
${AGENT_FOLDER}/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/charging-platform/cloudwatch-agent.json
`;
