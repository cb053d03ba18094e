import * as crypto from 'node:crypto';
import { Names, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as imagebuilder from 'aws-cdk-lib/aws-imagebuilder';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import { imageVariable } from './machine-description';
import type { MachineFiles } from './machine-files';
import { canonicalImageParameter } from './machine-image';
import { allowImages, allowManagement } from './machine-role';
import type { PulledImage } from './service-definition';

export interface GoldenImageProps {
  readonly vpc: ec2.IVpc;
  /** Private, with a way out: Image Builder gives its machine no public address. */
  readonly subnet: ec2.ISubnet;
  readonly instanceType: ec2.InstanceType;
  readonly files: MachineFiles;
  /** By service. */
  readonly images: ReadonlyMap<string, PulledImage>;
}

/** Image Builder cuts versions off at this number. */
const VERSIONS = 2 ** 30;
const PROGRAMS = '/usr/local/lib/charging-platform';
const BUNDLE = '/tmp/bundle.zip';

/**
 * An image of a machine with every program and every service's image on it, so that a machine starts without a registry, in a minute.
 *
 * It is built by the deployment that needs it, from Canonical's, and tested before a machine of the fleet sees it. Its version follows
 * from what is in it, because Image Builder's recipes never change; the one before is deleted when nothing uses it any more.
 */
export class GoldenImage extends Construct {
  public readonly machineImage: ec2.IMachineImage;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: GoldenImageProps,
  ) {
    super(scope, id);
    const builder = this.defineBuilder();
    const recipe = this.defineRecipe(this.defineComponent());
    const image = new imagebuilder.CfnImage(this, 'Image', {
      imageRecipeArn: recipe.attrArn,
      infrastructureConfigurationArn: this.defineInfrastructure(builder).attrArn,
      imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: 60 },
      deletionSettings: { executionRole: this.defineCleaner().role.roleArn },
    });
    image.node.addDependency(builder);
    this.machineImage = ec2.MachineImage.genericLinux({ [Stack.of(this).region]: image.attrImageId });
  }

  /** What Image Builder does on its machine, and what must then be true on one that started from the image. */
  private defineComponent(): imagebuilder.CfnComponent {
    const { files, images } = this.props;
    const pulled = [...images].map(([service, { address }]) => `export ${imageVariable(service)}='${address}'`);
    const bash = (name: string, ...commands: string[]) => ({
      name,
      action: 'ExecuteBash',
      inputs: { commands: ['set -euo pipefail', ...commands] },
    });
    const data = stringify(
      {
        name: 'ChargingPlatform',
        schemaVersion: 1,
        phases: [
          {
            name: 'build',
            steps: [
              {
                name: 'Fetch',
                action: 'S3Download',
                inputs: [
                  { source: `s3://${files.asset.s3BucketName}/${files.asset.s3ObjectKey}`, destination: BUNDLE },
                ],
              },
              bash(
                'Install',
                'export DEBIAN_FRONTEND=noninteractive',
                'apt-get -o DPkg::Lock::Timeout=600 update',
                'apt-get -o DPkg::Lock::Timeout=600 install --yes --no-install-recommends python3-boto3 unzip',
                `unzip -o -q ${BUNDLE} -d /`,
                `rm ${BUNDLE}`,
                `${PROGRAMS}/install-packages`,
              ),
              bash(
                'Pull',
                `export AWS_REGION=${Stack.of(this).region}`,
                ...pulled,
                // Docker's log-in stays in memory.
                'mkdir -p /run/charging-platform',
                `cd ${PROGRAMS}`,
                `python3 -c 'import containers, settings; containers.pull(settings.load()["services"])'`,
              ),
            ],
          },
          {
            name: 'test',
            steps: [
              bash(
                'Check',
                'nginx -t',
                'docker compose version',
                ...[...images.values()].map(({ address }) => `docker image inspect '${address}' > /dev/null`),
              ),
            ],
          },
        ],
      },
      { lineWidth: 0 },
    );
    return new imagebuilder.CfnComponent(this, 'Component', {
      name: this.nameOf('Component'),
      platform: 'Linux',
      description: 'Programs and services of the charging platform',
      version: versionOf(Stack.of(this).resolve(data)),
      data,
    });
  }

  private defineRecipe(component: imagebuilder.CfnComponent): imagebuilder.CfnImageRecipe {
    const parentImage = `ssm:${canonicalImageParameter(this.props.instanceType.architecture)}`;
    return new imagebuilder.CfnImageRecipe(this, 'Recipe', {
      name: this.nameOf('Recipe'),
      description: 'A machine of the charging platform',
      version: versionOf([component.version, parentImage]),
      parentImage,
      components: [{ componentArn: component.attrArn }],
      blockDeviceMappings: [
        {
          deviceName: '/dev/sda1',
          ebs: { encrypted: true, volumeSize: 30, volumeType: 'gp3', deleteOnTermination: true },
        },
      ],
    });
  }

  private defineInfrastructure(builder: PolicyRole): imagebuilder.CfnInfrastructureConfiguration {
    const { vpc, subnet, instanceType } = this.props;
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Machine that builds the image of the others; nobody calls it',
    });
    const profile = new iam.InstanceProfile(this, 'Profile', { role: builder.role });
    return new imagebuilder.CfnInfrastructureConfiguration(this, 'Infrastructure', {
      name: this.nameOf('Infrastructure'),
      instanceProfileName: profile.instanceProfileName,
      instanceTypes: [instanceType.toString()],
      instanceMetadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
      subnetId: subnet.subnetId,
      securityGroupIds: [securityGroup.securityGroupId],
      terminateInstanceOnFailure: true,
    });
  }

  /** The machine that is built: it reads the bundle and images, and is commanded by Systems Manager. */
  private defineBuilder(): PolicyRole {
    const { files, images } = this.props;
    const { partition, region, account } = Stack.of(this);
    const role = new PolicyRole(this, 'Builder', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      description: 'Machine on which Image Builder makes the image of the others',
    });
    role.allow(['s3:GetObject'], [`arn:${partition}:s3:::${files.asset.s3BucketName}/${files.asset.s3ObjectKey}`]);
    allowManagement(role);
    allowImages(role, [...images.values()]);
    const component = `arn:${partition}:imagebuilder:${region}:${account}:component/*`;
    role.allow(['imagebuilder:GetComponent'], [component]);
    const tools = `arn:${partition}:s3:::ec2imagebuilder-*/*`;
    role.allow(['s3:GetObject'], [tools]);
    const logs = `arn:${partition}:logs:${region}:${account}:log-group:/aws/imagebuilder/*`;
    role.allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], [logs]);
    acknowledgeWildcards(
      role,
      'Image Builder names builds of components, its buckets of tools and its logs itself',
      component,
      tools,
      logs,
    );
    return role;
  }

  /** Deletes the image before the current one, which Image Builder's tag tells from others of the account. */
  private defineCleaner(): PolicyRole {
    const { partition, region } = Stack.of(this);
    const role = new PolicyRole(this, 'Cleaner', {
      // Without a condition on the source, which Image Builder does not promise to name.
      assumedBy: new iam.ServicePrincipal('imagebuilder.amazonaws.com'),
      description: 'Deletes golden images that nothing uses any more',
    });
    const images = `arn:${partition}:ec2:${region}::image/*`;
    const snapshots = `arn:${partition}:ec2:${region}::snapshot/*`;
    role.allow(['ec2:DeregisterImage', 'ec2:DescribeImageAttribute', 'ec2:DeleteSnapshot'], [images, snapshots], {
      StringEquals: { 'aws:ResourceTag/CreatedBy': 'EC2 Image Builder' },
    });
    role.allow(['ec2:DescribeImages', 'ec2:DescribeSnapshots', 'tag:GetResources'], ['*']);
    acknowledgeWildcards(
      role,
      'Images have no names before they exist; a condition holds it to those of Image Builder. Descriptions know no resources',
      images,
      snapshots,
      '*',
    );
    return role;
  }

  private nameOf(part: string): string {
    return `${Names.uniqueResourceName(this, { maxLength: 80 })}-${part}`;
  }
}

/** The same content has the same version, other content another one. */
function versionOf(content: unknown): string {
  const hash = crypto.createHash('sha256').update(JSON.stringify(content)).digest();
  return `1.0.${hash.readUInt32BE(0) % VERSIONS}`;
}
