import { block, type Directive, directive } from './nginx-writer';

/** What NGINX itself answers, as text that programs read. Answers of services pass through as they are. */
const MESSAGES: readonly (readonly [number, string])[] = [
  [404, 'nothing is served under this name'],
  [413, 'the request is larger than this service accepts'],
  [429, 'too many requests, try again later'],
  [502, 'the service does not answer'],
  [503, 'the service is not available'],
  [504, 'the service did not answer in time'],
];

/** For all servers: which answers are replaced. */
export function answers(): Directive[] {
  return [
    block(
      'map',
      ['$status', '$answer'],
      [directive('default', ''), ...MESSAGES.map(([status, message]) => directive(String(status), message))],
    ),
    directive('error_page', ...MESSAGES.map(([status]) => status), '@answer'),
  ];
}

/** For each server: the answer itself. Its status stays the one that led here. */
export function answerLocation(): Directive {
  return block(
    'location',
    ['@answer'],
    [directive('default_type', 'application/json'), directive('return', 200, '{"status":$status,"message":"$answer"}')],
  );
}
