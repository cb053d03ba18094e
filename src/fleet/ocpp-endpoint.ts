import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Options of `OcppEndpoint.plain`. */
export interface OcppPlainOptions {
  /** Name that charge points connect to. */
  readonly hostName: string;
  /**
   * Port that charge points connect to, 1 to 55535. No two endpoints share one.
   * @default 80
   */
  readonly port?: number;
}

/** Options of `OcppEndpoint.tls`. */
export interface OcppTlsOptions {
  /** Name that charge points connect to; one of the fleet's certificates covers it. */
  readonly hostName: string;
  /**
   * Port that charge points connect to, 1 to 55535. No two endpoints share one.
   * @default 443
   */
  readonly port?: number;
  /**
   * TLS versions and ciphers. Charge points that know only RSA key exchange need `TLS13_12_EXT1_PQ`.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
   * @default elbv2.SslPolicy.TLS13_12_RES_PQ
   */
  readonly sslPolicy?: elbv2.SslPolicy;
}

/** Options of `OcppEndpoint.mutualTls`. */
export interface OcppMutualTlsOptions {
  /** Name that charge points connect to; one of the fleet's certificates covers it. */
  readonly hostName: string;
  /** Port that charge points connect to, 1 to 55535. No two endpoints share one. */
  readonly port: number;
  /** Certificate authorities whose charge points are let in. Revocation lists belong to it: `elbv2.TrustStoreRevocation`. */
  readonly trustStore: elbv2.ITrustStore;
  /**
   * TLS versions and ciphers. Charge points that know only RSA key exchange need `TLS13_12_EXT1_PQ`.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
   * @default elbv2.SslPolicy.TLS13_12_RES_PQ
   */
  readonly sslPolicy?: elbv2.SslPolicy;
}

/**
 * An address of the network load balancer that charge points connect to, on fixed Elastic IPs. Several endpoints stand side by side
 * while a fleet of charge points moves from one OCPP security profile to the next.
 */
export class OcppEndpoint {
  /**
   * No TLS; charge points log in with basic authentication (security profile 1). Passwords and everything else can be read on the way,
   * so it is for charge points that know nothing better, inside a private mobile network or a VPN.
   */
  public static plain(options: OcppPlainOptions): OcppEndpoint {
    return new OcppEndpoint(options.hostName, options.port ?? 80);
  }

  /** TLS with the server's certificate; charge points log in with basic authentication (security profile 2). */
  public static tls(options: OcppTlsOptions): OcppEndpoint {
    return new OcppEndpoint(options.hostName, options.port ?? 443, options.sslPolicy ?? DEFAULT_POLICY);
  }

  /**
   * TLS with certificates on both sides (security profile 3). The load balancer refuses what the trust store does not know and tells
   * the service in `X-Amzn-Mtls-Clientcert-Subject` and its siblings who called; on every other way into the machine NGINX drops
   * headers of these names. The service compares the subject's common name with the charge point's identity, as OCPP demands.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
   */
  public static mutualTls(options: OcppMutualTlsOptions): OcppEndpoint {
    return new OcppEndpoint(options.hostName, options.port, options.sslPolicy ?? DEFAULT_POLICY, options.trustStore);
  }

  private constructor(
    /** Name that charge points connect to. */
    public readonly hostName: string,
    /** Port that charge points connect to. */
    public readonly port: number,
    /** None: no TLS. @internal */
    public readonly _sslPolicy?: elbv2.SslPolicy,
    /** @internal */
    public readonly _trustStore?: elbv2.ITrustStore,
  ) {}
}

const DEFAULT_POLICY = elbv2.SslPolicy.TLS13_12_RES_PQ;
