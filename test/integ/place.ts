import type { StackProps } from 'aws-cdk-lib';

/** Where the example app is deployed to, and what that place must give. */
export interface Place {
  readonly account: string;
  /** Domain that the platform owns; its public zone is made by the app. */
  readonly domain: string;
  /** Public zone of the same account above the domain, which delegates to it. @default - somebody delegates by hand */
  readonly parentZone?: { readonly hostedZoneId: string; readonly zoneName: string };
  /** Image for all services, from a public registry. @default - a repository for each service, which somebody fills */
  readonly image?: string;
}

export interface PlacedStackProps extends StackProps {
  readonly place: Place;
}

/** No real place: for synthesis and for the emulator. */
export const NOWHERE: Place = { account: '111122223333', domain: 'example.com' };
