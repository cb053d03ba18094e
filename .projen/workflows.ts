// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of GitHub's, not of JavaScript
import { type awscdk, github } from 'projen';

const { JobPermission } = github.workflows;

/** Every action by the digest of a release that was read; a tag can be moved. Those that projen pins itself are not listed. */
const ACTIONS = {
  // v6.2.3
  'aws-actions/configure-aws-credentials': 'e6de054238d6b7531b4efff3b6587d9aade6a06c',
  // v7.0.0
  'actions/setup-node': '820762786026740c76f36085b0efc47a31fe5020',
  // v5.7.0
  'actions/setup-java': 'b6effb05e454b25005698d916606bdc6ffcbf961',
  // v7.0.0
  'actions/setup-go': 'b7ad1dad31e06c5925ef5d2fc7ad053ef454303e',
  // v7.0.0
  'actions/setup-python': '5fda3b95a4ea91299a34e894583c3862153e4b97',
  // v6.0.0
  'actions/setup-dotnet': 'a98b56852c35b8e3190ac28c8c2271da59106c68',
  // v8.1.1
  'peter-evans/create-pull-request': '5f6978faf089d4d20b00c7766989d076bb2fc7f1',
};

export function pinActions(project: awscdk.AwsCdkConstructLibrary): void {
  for (const [name, digest] of Object.entries(ACTIONS)) {
    project.github?.actions.set(name, `${name}@${digest}`);
  }
}

/** A list of everything that is in the package or took part in making it, attached to the release. */
export function attachBillOfMaterials(project: awscdk.AwsCdkConstructLibrary, file: string): void {
  project.release?.addJobs({
    release_sbom: {
      name: 'Attach the bill of materials',
      needs: ['release', 'release_github'],
      permissions: { contents: JobPermission.WRITE },
      runsOn: ['ubuntu-latest'],
      if: "needs.release.outputs.tag_exists != 'true' && needs.release.outputs.latest_commit == github.sha && !inputs.dry_run",
      steps: [
        {
          id: 'download_build_artifacts',
          uses: github.ActionRefs.ACTIONS_DOWNLOAD_ARTIFACT,
          with: { 'artifact-ids': '${{ needs.release.outputs.artifact_id }}', path: 'dist' },
        },
        {
          id: 'upload',
          run: `gh release upload "$(cat dist/releasetag.txt)" ${file} -R "$GITHUB_REPOSITORY"`,
          env: { GITHUB_TOKEN: '${{ secrets.GITHUB_TOKEN }}' },
        },
      ],
    },
  });
}

/** Deploys the example app: on each pull request to the emulator; by night and on demand to a real account, where one is named. */
export function integrate(project: awscdk.AwsCdkConstructLibrary): void {
  const workflow = new github.GithubWorkflow(project.github as github.GitHub, 'integration');
  workflow.on({ pullRequest: {}, workflowDispatch: {}, schedule: [{ cron: '17 6 * * *' }] });
  const prepared = [
    { uses: github.ActionRefs.ACTIONS_CHECKOUT, with: { 'persist-credentials': false } },
    setUp('node', { 'node-version': '24', 'package-manager-cache': false }),
    setUp('python', { 'python-version': '3.12' }),
    { run: 'npm ci' },
    { run: 'npx projen bundle' },
  ];
  workflow.addJobs({
    emulator: {
      name: 'Deploy to the emulator',
      if: "github.event_name == 'pull_request'",
      permissions: { contents: JobPermission.READ },
      runsOn: ['ubuntu-latest'],
      timeoutMinutes: 30,
      steps: [...prepared, { run: 'npx projen integ:deploy emulator' }],
    },
    consumers: {
      name: 'Install from TypeScript, Python, Java and Go',
      if: "github.event_name == 'pull_request'",
      permissions: { contents: JobPermission.READ },
      runsOn: ['ubuntu-latest'],
      timeoutMinutes: 30,
      steps: [
        ...prepared,
        setUp('java', { distribution: 'corretto', 'java-version': '17' }),
        setUp('go', { 'go-version': '1.26', cache: false }),
        { run: 'npx projen test:consumers' },
      ],
    },
    account: {
      name: 'Deploy to a real account',
      // Only where a maintainer named a role; the environment asks for an approval where it is set so.
      if: "github.event_name != 'pull_request' && vars.INTEGRATION_ROLE_ARN != ''",
      permissions: { contents: JobPermission.READ, idToken: JobPermission.WRITE },
      environment: 'integration',
      runsOn: ['ubuntu-latest'],
      timeoutMinutes: 170,
      env: {
        // Unique, so that two runs never meet, and short: names of resources begin with it.
        INTEGRATION_STAGE: 'i${{ github.run_number }}-${{ github.run_attempt }}',
        INTEGRATION_ACCOUNT: '${{ vars.INTEGRATION_ACCOUNT }}',
        INTEGRATION_ZONE_ID: '${{ vars.INTEGRATION_ZONE_ID }}',
        INTEGRATION_ZONE_NAME: '${{ vars.INTEGRATION_ZONE_NAME }}',
        INTEGRATION_IMAGE: '${{ vars.INTEGRATION_IMAGE }}',
      },
      steps: [
        ...prepared,
        {
          uses: project.github?.actions.get('aws-actions/configure-aws-credentials'),
          with: {
            'role-to-assume': '${{ vars.INTEGRATION_ROLE_ARN }}',
            'aws-region': 'eu-south-2',
            'role-duration-seconds': '10800',
          },
        },
        // What ends the whole job leaves five minutes for the next step, too few to destroy anything.
        { run: 'npx projen integ:deploy account', timeoutMinutes: 110 },
        { name: 'Destroy, whatever happened before', if: 'always()', run: 'npx projen integ:deploy account --destroy' },
      ],
    },
  });

  // One after another; projen would spell the key in a way that GitHub does not read.
  workflow.file?.addOverride('jobs.account.concurrency', { group: 'integration-account', 'cancel-in-progress': false });

  function setUp(tool: string, options: Record<string, unknown>): github.workflows.JobStep {
    return { uses: project.github?.actions.get(`actions/setup-${tool}`), with: options };
  }
}
