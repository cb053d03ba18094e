import type { LocalPlatform } from './local-platform';

/** Which types had a working service behind them, and which were only recorded. */
export function whatWasReal(local: LocalPlatform): string {
  const { real, recorded } = local.emulator.usedTypes();
  const list = (types: Record<string, number>) =>
    Object.entries(types)
      .sort()
      .map(([type, count]) => `${type.replace('AWS::', '')} ×${count}`)
      .join(', ');
  return [
    '',
    `Behind these types stood a working service: ${list(real)}.`,
    '',
    `These were only recorded, each for the reason in test/local/emulator/recorded_types.py: ${list(recorded)}.`,
  ].join('\n');
}

/** For a platform that goes on running. */
export function howToReach({ emulator }: LocalPlatform): string {
  return [
    '',
    'The platform goes on running. Reach it with the AWS CLI or an SDK:',
    `  AWS_ENDPOINT_URL=${emulator.endpoint} AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=emulator AWS_REGION=eu-south-2 aws cloudformation list-stacks`,
    `Stop it, and remove what it wrote:`,
    `  kill -KILL -- -${emulator.pid}; rm -r ${emulator.folder}`,
  ].join('\n');
}
