import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecr_assets from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { byName } from '../private/by-name';
import { validateRegistryImage, validateTagOrDigest } from './image-validation';
import type { PulledImage } from './service-definition';

/** Options of `DockerImage.fromEcrRepository`. */
export interface EcrImageOptions {
  /** Tag, or digest that begins with `sha256:`. Not `latest`: a new value is what brings a new version to the machines. */
  readonly tagOrDigest: string;
}

/** Options of `DockerImage.fromDirectory`. */
export interface DirectoryImageOptions {
  /**
   * Name of the Dockerfile, relative to the directory.
   * @default 'Dockerfile'
   */
  readonly dockerfile?: string;
  /**
   * Stage of the Dockerfile that is built.
   * @default - the last one
   */
  readonly target?: string;
  /**
   * Build arguments. They stay readable in the image: no secrets.
   * @default - no arguments
   */
  readonly buildArgs?: { [name: string]: string };
}

/** Checks an image and defines what it takes below the scope. */
type Bind = (scope: Construct, service: string, architecture: ec2.InstanceArchitecture) => PulledImage;

/** The image of a service. A tag or digest is demanded: a change of it is what starts the rollout of a new version. */
export class DockerImage {
  /**
   * An image of a public registry, with tag or digest: `ghcr.io/example/api:1.4.2`. Machines pull it without credentials, and cannot
   * start while the registry is down; ECR does not have these faults.
   */
  public static fromRegistry(reference: string): DockerImage {
    return new DockerImage((scope, service) => {
      validateRegistryImage(scope, service, reference);
      return { address: reference };
    });
  }

  /** An image of a repository in ECR. The machines may pull from this repository only. */
  public static fromEcrRepository(repository: ecr.IRepository, options: EcrImageOptions): DockerImage {
    return new DockerImage((scope, service) => {
      validateTagOrDigest(scope, service, options.tagOrDigest);
      return { address: repository.repositoryUriForTagOrDigest(options.tagOrDigest), repository };
    });
  }

  /**
   * An image that the CDK builds from a Dockerfile of this computer and pushes at deployment, for the machines' architecture (another
   * than the computer's own takes an emulator). The digest of the sources is its tag, so a change of them is a new version.
   */
  public static fromDirectory(directory: string, options: DirectoryImageOptions = {}): DockerImage {
    return new DockerImage((scope, service, architecture) => {
      const asset = new ecr_assets.DockerImageAsset(scope, `${service}Image`, {
        directory,
        file: options.dockerfile,
        target: options.target,
        buildArgs: options.buildArgs && byName(options.buildArgs),
        platform:
          architecture === ec2.InstanceArchitecture.ARM_64
            ? ecr_assets.Platform.LINUX_ARM64
            : ecr_assets.Platform.LINUX_AMD64,
      });
      return { address: asset.imageUri, repository: asset.repository };
    });
  }

  private constructor(
    /** @internal */
    public readonly _bind: Bind,
  ) {}
}
