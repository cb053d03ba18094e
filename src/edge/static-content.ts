import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/** Part of the static path whose files never change: their names carry a hash of their content. */
const IMMUTABLE = 'immutable/*';
const YEAR = Duration.days(365);

/** Behaviours of the static path: files as they say themselves, and those that browsers need never ask for again. */
export function staticBehaviours(
  scope: Construct,
  path: string,
  origin: cloudfront.IOrigin,
): Record<string, cloudfront.BehaviorOptions> {
  const behaviour: cloudfront.BehaviorOptions = {
    origin,
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
    cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
    compress: true,
  };
  // CloudFront takes the first pattern that fits, so the narrower stands first.
  return {
    [path.replace(/\*$/, IMMUTABLE)]: { ...behaviour, responseHeadersPolicy: immutableHeaders(scope) },
    [path]: { ...behaviour, responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS },
  };
}

/** A behaviour has one policy, so the headers of AWS's own SecurityHeadersPolicy are repeated. */
function immutableHeaders(scope: Construct): cloudfront.ResponseHeadersPolicy {
  return new cloudfront.ResponseHeadersPolicy(scope, 'ImmutableHeaders', {
    comment: 'Files that never change under their name',
    customHeadersBehavior: {
      customHeaders: [
        { header: 'Cache-Control', value: `public, max-age=${YEAR.toSeconds()}, immutable`, override: true },
      ],
    },
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.SAMEORIGIN, override: false },
      referrerPolicy: {
        referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
        override: false,
      },
      strictTransportSecurity: { accessControlMaxAge: YEAR, override: false },
      xssProtection: { protection: true, modeBlock: true, override: false },
    },
  });
}
