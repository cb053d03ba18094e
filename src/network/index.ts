export * from './address-plan';
export * from './charging-platform-network';
export * from './nat-strategy';
export * from './network-tier';
export * from './peering-options';
export * from './vpn-options';
