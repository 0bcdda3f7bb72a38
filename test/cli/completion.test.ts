import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { LINT_FLAGS } from '../../src/cli/lint.ts';
import { run } from '../support/command-line.ts';

const hasBash = spawnSync('bash', ['--version']).status === 0;

/** What bash offers for a line whose last word is being typed. */
async function offered(line: readonly string[]): Promise<readonly string[]> {
  const { stdout: script } = await run('/', ['completion', 'bash']);
  const words = ['surefoot', ...line].map(word => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${words}); COMP_CWORD=${line.length}; _surefoot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(word => word !== '');
}

describe.skipIf(!hasBash)('bash', () => {
  test('commands, flags, values of flags, rules', async () => {
    expect(await offered(['expl'])).toEqual(['explain']);
    expect((await offered(['--'])).length).toBe(Object.keys(LINT_FLAGS).length);
    expect(await offered(['lint', '--format', 'sar'])).toEqual(['sarif']);
    expect(await offered(['explain', 'no-rename'])).toEqual(['no-rename-column', 'no-rename-table']);
    expect(await offered(['--rule', 'require-down'])).toEqual(['require-down=']);
  });
});

test('zsh reads the same by bashcompinit; fish has a line for each', async () => {
  expect((await run('/', ['completion', 'zsh'])).stdout).toMatch(/^autoload -U \+X bashcompinit/);
  const { stdout } = await run('/', ['completion', 'fish']);
  for (const flag of Object.keys(LINT_FLAGS))
    expect(stdout).toMatch(new RegExp(`^complete -c surefoot -l ${flag}\\b`, 'm'));
});

test.each([[[]], [['powershell']], [['bash', 'zsh']]])('%j is refused with the shells that there are', async argv => {
  const { status, stderr } = await run('/', ['completion', ...argv]);
  expect(status).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});
