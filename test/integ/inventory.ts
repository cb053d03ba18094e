import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';

export interface DeployedStack {
  readonly stackName: string;
  readonly region: string;
}

interface Resource {
  readonly stack: string;
  readonly region: string;
  readonly type: string;
  readonly id: string;
  readonly status: string;
}

/** What the stacks of a deployment hold, which can still be asked when they are gone. */
export class Inventory {
  /** A stack that was deleted answers by its id only. */
  private readonly ids = new Map<string, DeployedStack>();

  constructor(
    private readonly stacks: readonly DeployedStack[],
    private readonly clientConfig: (region: string) => CloudFormationClientConfig,
  ) {}

  /** Looks up which stacks there are; those that were never made are no error. */
  public async remember(): Promise<void> {
    for (const stack of this.stacks) {
      const client = new CloudFormationClient(this.clientConfig(stack.region));
      try {
        const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack.stackName }));
        this.ids.set(Stacks?.[0].StackId as string, stack);
      } catch (error) {
        if (!/does not exist/.test((error as Error).message)) {
          throw error;
        }
      }
    }
  }

  /** CloudFormation deletes no bucket that holds something. */
  public async emptyBuckets(): Promise<void> {
    for (const { region, id } of (await this.resources()).filter(isLiveBucket)) {
      const client = new S3Client({ ...this.clientConfig(region), forcePathStyle: true } as object);
      let page: ListObjectVersionsCommandOutput | undefined;
      do {
        page = await client.send(
          new ListObjectVersionsCommand({
            Bucket: id,
            KeyMarker: page?.NextKeyMarker,
            VersionIdMarker: page?.NextVersionIdMarker,
          }),
        );
        const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
        const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
        if (Objects.length > 0) {
          await client.send(new DeleteObjectsCommand({ Bucket: id, Delete: { Objects, Quiet: true } }));
        }
      } while (page.IsTruncated);
    }
  }

  /** What did not go with its stack, and machine images that a pipeline of the fleet made. */
  public async leftovers(): Promise<string[]> {
    const resources = (await this.resources()).filter(({ status }) => status !== 'DELETE_COMPLETE');
    return [
      ...resources.map(({ stack, type, id, status }) => `${stack} ${type} ${id} ${status}`),
      ...(await this.images()),
    ];
  }

  private async images(): Promise<string[]> {
    const found: string[] = [];
    for (const region of new Set(this.stacks.map((stack) => stack.region))) {
      const { Images = [] } = await new EC2Client(this.clientConfig(region) as object).send(
        new DescribeImagesCommand({
          Owners: ['self'],
          Filters: [{ Name: 'tag:CreatedBy', Values: ['EC2 Image Builder'] }],
        }),
      );
      found.push(...Images.map(({ ImageId, Name }) => `${region} machine image ${ImageId} ${Name}`));
    }
    return found;
  }

  private async resources(): Promise<Resource[]> {
    const found: Resource[] = [];
    for (const [StackName, { stackName, region }] of this.ids) {
      const client = new CloudFormationClient(this.clientConfig(region));
      for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
        for (const { ResourceType = '', PhysicalResourceId = '', ResourceStatus = '' } of StackResourceSummaries) {
          found.push({ stack: stackName, region, type: ResourceType, id: PhysicalResourceId, status: ResourceStatus });
        }
      }
    }
    return found;
  }
}

function isLiveBucket({ type, status }: Resource): boolean {
  return type === 'AWS::S3::Bucket' && status !== 'DELETE_COMPLETE';
}
