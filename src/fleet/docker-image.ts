import type * as ecr from 'aws-cdk-lib/aws-ecr';

/** Options of `DockerImage.fromEcrRepository`. */
export interface EcrImageOptions {
  /** Tag, or digest that begins with `sha256:`. Not `latest`: a new value is what brings a new version to the machines. */
  readonly tagOrDigest: string;
}

/** The image of a service. A tag or digest is demanded: a change of it is what starts the rollout of a new version. */
export class DockerImage {
  /**
   * An image of a public registry, with tag or digest: `ghcr.io/example/api:1.4.2`. Machines pull it without credentials, and cannot
   * start while the registry is down; ECR does not have these faults.
   */
  public static fromRegistry(reference: string): DockerImage {
    return new DockerImage(reference);
  }

  /** An image of a repository in ECR. The machines may pull from this repository only. */
  public static fromEcrRepository(repository: ecr.IRepository, options: EcrImageOptions): DockerImage {
    return new DockerImage(
      repository.repositoryUriForTagOrDigest(options.tagOrDigest),
      repository,
      options.tagOrDigest,
    );
  }

  private constructor(
    /** Address of the image as Docker understands it. */
    public readonly reference: string,
    /** @internal */
    public readonly _repository?: ecr.IRepository,
    /** @internal */
    public readonly _tagOrDigest?: string,
  ) {}
}
