import type { IConstruct } from 'constructs';

/** An error about what the user wrote, prefixed with where they wrote it. */
export function invalid(scope: IConstruct, message: string): Error {
  return new Error(`[${scope.node.path}] ${message}`);
}
