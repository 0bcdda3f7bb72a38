import { parseDocument } from 'yaml';
import { changeOf, type Part } from './part.ts';

const WORKFLOW = '.github/workflows/surefoot.yml';

/** Permissions, full history and upload are what code scanning needs. */
const GITHUB_WORKFLOW = `name: Surefoot
on: pull_request
permissions:
  contents: read
  security-events: write
jobs:
  migrations:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          # What the base branch holds is history; a shallow clone does not know it.
          fetch-depth: 0
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npx --yes surefoot lint --since "$BASE" --format github --format sarif=surefoot.sarif
        env:
          BASE: \${{ github.event.pull_request.base.sha }}
      - if: always()
        uses: github/codeql-action/upload-sarif@v3
        with:
          sarif_file: surefoot.sarif
`;

const GITLAB_JOB = `
surefoot:
  image: node:22
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: 0
  script:
    - npx --yes surefoot lint --since "$CI_MERGE_REQUEST_DIFF_BASE_SHA" --format pretty --format gitlab=surefoot.json
  artifacts:
    when: always
    reports:
      codequality: surefoot.json
`;

/** A GitHub workflow that annotates pull requests and feeds code scanning; nothing where another CI is used. */
export const github: Part = repository => {
  if (repository.text('.gitlab-ci.yml') !== undefined && !repository.isFolder('.github')) return {};
  if (!repository.isFolder('.github') && !/github\.com/.test(repository.text('.git/config') ?? '')) return {};
  return repository.text(WORKFLOW) === undefined ? changeOf(repository, WORKFLOW, GITHUB_WORKFLOW) : {};
};

/** A GitLab job whose findings show in merge requests. */
export const gitlab: Part = repository => {
  const path = '.gitlab-ci.yml';
  const before = repository.text(path);
  if (before === undefined || /^surefoot:/m.test(before)) return {};
  const after = before.replace(/\n*$/, '\n') + GITLAB_JOB;
  if (parseDocument(after, { logLevel: 'silent' }).errors.some(({ code }) => code !== 'TAG_RESOLVE_FAILED')) {
    return { note: `${path} cannot be edited: add a job that runs \`npx surefoot lint --since <base>\`` };
  }
  return changeOf(repository, path, after);
};
