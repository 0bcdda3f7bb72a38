// A session on a MariaDB or MySQL server through the client `mariadb` or `mysql`, so that no driver is needed.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

const END = 'surefoot-end';

/**
 * Opens a session by URL: `mariadb://root:secret@127.0.0.1:3306`. One client stays open for all statements: starting one
 * takes longer than most of what is measured.
 *
 * @returns `run(sql)`, which gives the rows as lists of text and the errors as `{ code, message }` of a text of whole
 *   statements, each ended by `;`, and goes on after an error; and `close()`
 * @throws where no client is installed
 */
export function clientSession(url) {
  const { hostname, port, username, password } = new URL(url);
  const client = ['mariadb', 'mysql'].find(name => spawnSync(name, ['--version']).status === 0);
  if (client === undefined) throw new Error('neither the client mariadb nor mysql is on the path');
  const flags = ['--no-defaults', '--batch', '--skip-column-names', '--unbuffered', '--force', '--connect-timeout=10'];
  const to = ['-h', hostname, '-P', port || '3306', '-u', decodeURIComponent(username)];
  // Rows and errors in one stream: their order tells which error belongs to which text.
  const child = spawn('sh', ['-c', 'exec "$0" "$@" 2>&1', client, ...flags, ...to], {
    env: { ...process.env, MYSQL_PWD: decodeURIComponent(password) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let waiting;
  let lines = [];
  createInterface({ input: child.stdout }).on('line', line => {
    if (line === END) waiting.resolve(answerOf(lines));
    else lines.push(line);
  });
  const exited = new Promise(resolve => child.on('close', resolve));
  exited.then(() => waiting?.reject(new Error(lines.join('\n') || 'the client ended')));
  child.stdin.on('error', () => {});
  const run = sql =>
    new Promise((resolve, reject) => {
      lines = [];
      waiting = { resolve, reject };
      child.stdin.write(`${sql}\nSELECT '${END}';\n`);
    });
  const close = () => {
    child.stdin.end();
    return exited;
  };
  return { run, close };
}

function answerOf(lines) {
  const errors = lines.flatMap(line => {
    const [, code, message] = /^ERROR (\d+) \([^)]*\) at line \d+: (.*)/.exec(line) ?? [];
    return code === undefined ? [] : [{ code: Number(code), message: message.trim() }];
  });
  return { rows: lines.filter(line => !line.startsWith('ERROR ')).map(line => line.split('\t')), errors };
}
