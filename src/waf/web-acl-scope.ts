/** What kind of entrance a web ACL stands in front of. */
export enum WebAclScope {
  /** Load balancers and API stages of the web ACL's own region. */
  REGIONAL = 'REGIONAL',
  /** CloudFront distributions. The web ACL must be defined in a stack of us-east-1. */
  CLOUDFRONT = 'CLOUDFRONT',
}
