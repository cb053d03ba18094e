/**
 * Regions without SES, as CloudFormation's resource schemas say, and where their mail is sent from instead. A list of
 * absences, so that a region that is new to it is given the benefit of the doubt.
 * @see https://docs.aws.amazon.com/general/latest/gr/ses.html
 */
const NEAR: Record<string, string> = {
  'ap-east-1': 'ap-southeast-1 or ap-northeast-1',
  'ap-east-2': 'ap-northeast-1 or ap-southeast-1',
  'ap-southeast-4': 'ap-southeast-2',
  'ap-southeast-6': 'ap-southeast-2',
  'ap-southeast-7': 'ap-southeast-1',
  'eu-south-2': 'eu-west-1, eu-west-3 or eu-central-1',
  'mx-central-1': 'us-east-1 or us-west-2',
};

/** The regions to use instead of `region`, if it has no SES. */
export function insteadOf(region: string): string | undefined {
  return NEAR[region];
}
