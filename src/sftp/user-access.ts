import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as transfer from 'aws-cdk-lib/aws-transfer';
import { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import { SftpPermission } from './sftp-user';

export interface UserProps {
  readonly userName: string;
  readonly publicKeys: string[];
  readonly homePrefix: string;
  readonly permission: SftpPermission;
  readonly serverId: string;
  readonly bucket: s3.IBucket;
  readonly encryptionKey: kms.IKey;
}

const READ = ['s3:GetObject', 's3:GetObjectVersion'];
/** Not `s3:DeleteObjectVersion`: what a user deletes can be brought back. */
const WRITE = ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'];

/**
 * One user: a role that reaches only the home prefix, which the client sees as its root. The same statements are the policy of each
 * session, so that a policy attached to the role later opens nothing to the user.
 */
export function defineUser(scope: Construct, props: UserProps): iam.IRole {
  const namespace = new Construct(scope, props.userName);
  const statements = statementsOf(namespace, props);
  const role = defineRole(namespace, props, statements);
  const user = new transfer.CfnUser(namespace, 'User', {
    serverId: props.serverId,
    userName: props.userName,
    role: role.role.roleArn,
    policy: Stack.of(scope).toJsonString(new iam.PolicyDocument({ statements })),
    sshPublicKeys: props.publicKeys.map((key) => key.trim()),
    homeDirectoryType: 'LOGICAL',
    homeDirectoryMappings: [{ entry: '/', target: `/${props.bucket.bucketName}/${props.homePrefix}` }],
  });
  user.node.addDependency(role);
  return role.role;
}

function statementsOf(
  scope: Construct,
  { bucket, homePrefix, permission, encryptionKey }: UserProps,
): iam.PolicyStatement[] {
  const reads = permission !== SftpPermission.WRITE;
  const writes = permission !== SftpPermission.READ;
  return [
    new iam.PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [bucket.bucketArn] }),
    new iam.PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [homePrefix, `${homePrefix}/*`] } },
    }),
    new iam.PolicyStatement({
      actions: [...(reads ? READ : []), ...(writes ? WRITE : [])],
      resources: [filesOf(bucket, homePrefix)],
    }),
    // An upload in parts decrypts, too; without s3:GetObject that opens no file.
    new iam.PolicyStatement({
      actions: ['kms:Decrypt', ...(writes ? ['kms:GenerateDataKey'] : [])],
      resources: [encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(scope).region}.amazonaws.com` } },
    }),
  ];
}

function defineRole(scope: Construct, props: UserProps, statements: iam.PolicyStatement[]): PolicyRole {
  const { partition, region, account } = Stack.of(scope);
  const role = new PolicyRole(scope, 'Access', {
    assumedBy: new iam.ServicePrincipal('transfer.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:transfer:${region}:${account}:user/${props.serverId}/*` },
      },
    }),
    description: 'Files of one SFTP user',
    statements,
  });
  const files = filesOf(props.bucket, props.homePrefix);
  acknowledgeWildcards(role, 'A user reaches every file below the home prefix, which is the point of it', files);
  return role;
}

function filesOf(bucket: s3.IBucket, homePrefix: string): string {
  return bucket.arnForObjects(`${homePrefix}/*`);
}
