import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GuideStep, guideSteps, TOOL_GUIDES } from '../../scripts/guides.ts';
import { MIGRATION_TOOLS } from '../../src/migration-tools/index.ts';
import { GIT_ENV } from '../support/git-repository.ts';
import { installPacked, type PackedCommand } from '../support/packed-command.ts';

/** The guides that are run with npm's own npx; the others with one that starts the same package in a tenth of the time. */
const WITH_NPX = ['goose', 'knex'];

let packed: PackedCommand;
let quickNpx = '';
beforeAll(() => {
  packed = installPacked();
  quickNpx = join(packed.folder, 'quick');
  mkdirSync(quickNpx);
  const command = join(packed.folder, 'node_modules/.bin/surefoot');
  writeFileSync(
    join(quickNpx, 'npx'),
    `#!/bin/sh\n[ "$1" = --yes ] && shift\n[ "$1" = surefoot ] && shift || exit 9\nexec "${command}" "$@"\n`,
  );
  chmodSync(join(quickNpx, 'npx'), 0o755);
});
afterAll(() => packed?.remove());

/** Does a step as a reader would: writes its files, then types its commands. */
function follow({ files, commands, exitCode, prints }: GuideStep, cwd: string, path: string): void {
  for (const file of files) {
    mkdirSync(dirname(join(cwd, file.path)), { recursive: true });
    writeFileSync(join(cwd, file.path), file.text);
  }
  for (const [index, command] of commands.entries()) {
    const env = { PATH: path, HOME: packed.folder, npm_config_offline: 'true', ...GIT_ENV };
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
    const isLast = index === commands.length - 1;
    expect(status, `${command}\n${stdout}${stderr}`).toBe(isLast ? exitCode : 0);
    if (isLast) for (const text of prints) expect(stdout + stderr).toContain(text);
  }
}

test('every tool has a guide', () => {
  expect(TOOL_GUIDES.map(({ tool }) => tool).sort()).toEqual(Object.keys(MIGRATION_TOOLS).sort());
});

test.each(TOOL_GUIDES)('from an empty folder to a finding on a pull request with $tool', guide => {
  const cwd = join(packed.folder, `shop-${guide.tool}`);
  mkdirSync(cwd);
  const path = [...(WITH_NPX.includes(guide.tool) ? [] : [quickNpx]), process.env.PATH].join(delimiter);
  for (const step of guideSteps(guide)) follow(step, cwd, path);
});
