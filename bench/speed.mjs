// How long whole processes take, side by side: Surefoot, the native squawk binary, pgfence, and node itself.
//
//   npm run bench:speed                       over a generated history
//   npm run bench:speed -- path/to/migrations over a folder of your own (plain PostgreSQL)
//
// Every program runs once to warm the disk cache, then in turn with the others, RUNS times; medians and their ratios count, as
// the absolute figures change from machine to machine and from minute to minute.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNS = Number(process.env.RUNS ?? 7);
const FILES = 5000;
const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist/surefoot.cjs');
if (!existsSync(cli)) throw new Error('build first: npm run build');

const scratch = mkdtempSync(join(tmpdir(), 'surefoot-bench-'));
try {
  const given = process.argv[2];
  const folder = given === undefined ? generateHistory(join(scratch, 'migrations')) : resolve(given);
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.sql'))
    .map(name => join(folder, name));
  const one = files.at(-1);
  const alone = generateHistory(join(scratch, 'alone'), 1);

  console.log(`${files.length} files, median of ${RUNS} runs in turn\n`);
  report(
    'the whole history',
    measure({
      surefoot: () => run(process.execPath, [cli, 'lint', folder, '--dialect', 'postgres', '--no-config']),
      squawk: () => run(squawkBinary(), files),
      pgfence: () => run(process.execPath, [pgfenceScript(), 'analyze', ...files]),
    }),
    { squawk: 'at most 3', pgfence: 'at most 0.33' },
  );
  report(
    'one file in a folder of its own',
    measure({
      surefoot: () => run(process.execPath, [cli, 'lint', alone, '--dialect', 'postgres', '--no-config']),
      'node -e 0': () => run(process.execPath, ['-e', '0']),
      squawk: () => run(squawkBinary(), [one]),
    }),
    { 'node -e 0': 'at most 2.5' },
  );
  const peak = peakMemory([cli, 'lint', folder, '--dialect', 'postgres', '--no-config']);
  console.log(`peak memory of surefoot over the whole history: ${Math.round(peak / 1024)} MB (bar: below 300 MB)`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Runs a program, its output read and thrown away. */
function run(command, args) {
  const started = process.hrtime.bigint();
  const { error, status, stderr } = spawnSync(command, args, { maxBuffer: 1 << 30 });
  if (error) throw error;
  if (status > 1) throw new Error(`${command} ${args.slice(0, 3).join(' ')} … ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** Times the programs in turn, so that a slow minute of the machine meets all of them. */
function measure(programs) {
  const times = Object.fromEntries(Object.keys(programs).map(name => [name, []]));
  for (let round = 0; round <= RUNS; round++) {
    for (const [name, start] of Object.entries(programs)) {
      const time = start();
      if (round > 0) times[name].push(time);
    }
  }
  return times;
}

function report(title, times, bars) {
  console.log(title);
  const own = median(times.surefoot);
  for (const [name, values] of Object.entries(times)) {
    const ratio = own / median(values);
    const bar = bars[name] === undefined ? '' : `   (bar: ${bars[name]})`;
    const against = name === 'surefoot' ? '' : `   surefoot / ${name} = ${ratio.toFixed(2)}${bar}`;
    console.log(`  ${name.padEnd(10)} ${median(values).toFixed(0).padStart(6)} ms${against}`);
  }
  console.log();
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Peak resident memory of a Node process, in KiB: it says so itself on its way out. */
function peakMemory(args) {
  const hook =
    'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(2,`\\nmaxRSS ${process.resourceUsage().maxRSS}`))';
  const { stderr } = spawnSync(process.execPath, ['--import', hook, ...args], { maxBuffer: 1 << 30 });
  return Number(/maxRSS (\d+)/.exec(stderr.toString())?.[1]);
}

function squawkBinary() {
  const { platform, arch } = process;
  return require.resolve(`@squawk-cli/${platform}-${arch}/bin/squawk${platform === 'win32' ? '.exe' : ''}`, {
    paths: [dirname(require.resolve('squawk-cli/package.json'))],
  });
}

function pgfenceScript() {
  return require.resolve('@flvmnt/pgfence');
}

/** A history as a team writes it: tables, and then years of small changes to them; up files only, as squawk has no downs. */
function generateHistory(folder, count = FILES) {
  mkdirSync(folder);
  const changes = [
    n => `ALTER TABLE "table_${n}" ADD COLUMN "extra_${n}" text;`,
    n => `CREATE INDEX CONCURRENTLY IF NOT EXISTS "table_${n}_email_idx" ON "table_${n}" ("email");`,
    n =>
      `ALTER TABLE "table_${n}" ADD CONSTRAINT "table_${n}_check" CHECK ("amount" >= 0) NOT VALID;\nALTER TABLE "table_${n}" VALIDATE CONSTRAINT "table_${n}_check";`,
    n => `UPDATE "table_${n}" SET "status" = 'open' WHERE "status" IS NULL;`,
    n => `ALTER TABLE "table_${n}" ALTER COLUMN "name" TYPE varchar(255), ALTER COLUMN "amount" SET DEFAULT 0;`,
    n => `CREATE INDEX "table_${n}_name_idx" ON "table_${n}" ("name");\nDROP INDEX "table_${n}_created_idx";`,
  ];
  for (let index = 0; index < count; index++) {
    const n = Math.floor(index / 7);
    const text =
      index % 7 === 0
        ? `-- Table number ${n}, as a generator writes it.
CREATE TABLE "table_${n}" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "email" text NOT NULL,
  "name" varchar(100),
  "status" text DEFAULT 'new',
  "amount" numeric(10,2) NOT NULL DEFAULT 0,
  "parent_id" bigint${n === 0 ? '' : ` REFERENCES "table_${n - 1}" ("id")`},
  "created_at" timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX "table_${n}_email_key" ON "table_${n}" (lower("email"));
CREATE INDEX "table_${n}_created_idx" ON "table_${n}" ("created_at");
COMMENT ON TABLE "table_${n}" IS 'What table ${n} is for';
`
        : `SET lock_timeout = '2s';\n\n${changes[(index % 7) - 1](n)}\n`;
    writeFileSync(join(folder, `${String(20200101000000 + index)}_change_${index}.sql`), text);
  }
  return folder;
}
