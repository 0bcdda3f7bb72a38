import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { LINT_FLAGS } from '../../src/cli/lint.ts';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

/** Whether a shell is on this machine. */
function has(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

/** What bash offers for a line whose last word is being typed. */
async function offered(line: readonly string[]): Promise<readonly string[]> {
  const { stdout: script } = await run('/', ['completion', 'bash']);
  const words = ['surefoot', ...line].map(word => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${words}); COMP_CWORD=${line.length}; _surefoot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(word => word !== '');
}

describe.skipIf(!has('bash'))('bash', () => {
  test('commands, flags, values of flags, rules', async () => {
    expect(await offered(['expl'])).toEqual(['explain']);
    expect((await offered(['--'])).length).toBe(Object.keys(LINT_FLAGS).length);
    expect(await offered(['lint', '--format', 'sar'])).toEqual(['sarif']);
    expect(await offered(['explain', 'no-rename-t'])).toEqual(['no-rename-table']);
    expect(await offered(['init', '--f'])).toEqual(['--from']);
    expect(await offered(['init', '--from', 'sq'])).toEqual(['squawk']);
    expect(await offered(['--rule', 'require-down'])).toEqual(['require-down=']);
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  test.each([
    ['expl', ['explain']],
    ['lint --format sar', ['sarif']],
    ['explain no-rename-t', ['no-rename-table']],
    ['--rule require-dow', ['require-down=']],
    ['init --fr', ['--from']],
    ['--fr', []],
    ['completion z', ['zsh']],
  ])('offers for %s', async (line, words) => {
    const { stdout: script } = await run('/', ['completion', 'fish']);
    const ask = `${script}\ncomplete -C 'surefoot ${line}'`;
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', ask], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter(word => word !== '')).toEqual(words);
  });
});

describe.skipIf(!has('zsh'))('zsh', () => {
  test.each([
    ['surefoot expl', 'surefoot explain'],
    ['surefoot lint --format sar', 'surefoot lint --format sarif'],
    ['surefoot explain no-rename-t', 'surefoot explain no-rename-table'],
  ])('completes %s in a terminal, with nothing set up before', async (typed, completed) => {
    const { stdout: script } = await run('/', ['completion', 'zsh']);
    const cwd = temporaryTree({ 'completion.zsh': script });
    // The shell under test runs in a terminal of its own, into which the words are typed.
    const session = `zmodload zsh/zpty
zpty shell "HOME=$PWD zsh -f -i"
zpty -w shell 'source ./completion.zsh; PS1=; print ready'
until [[ "$out" == *ready*ready* ]]; do zpty -r shell part; out+="$part"; done
zpty -n -w shell '${typed}'$'\t'
for i in {1..50}; do zpty -r -t shell part && out+="$part"; [[ "$out" == *'${completed}'* ]] && break; sleep 0.1; done
zpty -d shell
print -r -- "$out"`;
    const { stdout } = spawnSync('zsh', ['-f', '-c', session], { cwd, encoding: 'utf8', timeout: 30_000 });
    expect(stdout).toContain(completed);
  });
});

test('fish has a line for each flag', async () => {
  const { stdout } = await run('/', ['completion', 'fish']);
  for (const flag of Object.keys(LINT_FLAGS)) expect(stdout).toContain(` -l ${flag}`);
});

test.each([[[]], [['powershell']], [['bash', 'zsh']]])('%j is refused with the shells that there are', async argv => {
  const { status, stderr } = await run('/', ['completion', ...argv]);
  expect(status).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});
