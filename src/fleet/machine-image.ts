import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Name under which Canonical publishes the newest image of Ubuntu 24.04 LTS. */
export function canonicalImageParameter(architecture: ec2.InstanceArchitecture): string {
  const form = architecture === ec2.InstanceArchitecture.ARM_64 ? 'arm64' : 'amd64';
  return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${form}/hvm/ebs-gp3/ami-id`;
}

/** Resolved at deployment: a machine that starts later gets the image of its siblings, not a newer one. */
export function canonicalImage(architecture: ec2.InstanceArchitecture): ec2.IMachineImage {
  return ec2.MachineImage.fromSsmParameter(canonicalImageParameter(architecture), {
    os: ec2.OperatingSystemType.LINUX,
  });
}
