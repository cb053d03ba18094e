import { block, type Directive, directive } from './nginx-writer';

/** What NGINX itself answers, as text that programs read. Answers of services pass through as they are. */
const ANSWERS: readonly (readonly [number, string])[] = [
  [404, 'nothing is served under this name'],
  [413, 'the request is larger than this service accepts'],
  [429, 'too many requests, try again later'],
  [502, 'the service does not answer'],
  [503, 'the service is not available'],
  [504, 'the service did not answer in time'],
];

/** For each server: which answers of NGINX's own are replaced, and by what. */
export function answerPages(): Directive[] {
  return [
    ...ANSWERS.map(([status]) => directive('error_page', status, `@answer${status}`)),
    ...ANSWERS.map(([status, message]) =>
      block(
        'location',
        [`@answer${status}`],
        [
          directive('return', status, JSON.stringify({ status, message })),
          directive('default_type', 'application/json'),
        ],
      ),
    ),
  ];
}
