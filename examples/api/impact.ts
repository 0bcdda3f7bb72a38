import { findMigrations, impact } from 'surefoot';

const migrations = await findMigrations({ cwd: process.cwd(), paths: ['migrations'], serverVersions: ['16'] });
for (const { migration, file, range, effects } of impact(migrations).statements) {
  const locks = effects.locks.map(({ name, mode }) => `${mode} on ${name}`);
  console.log(`${migration}: ${file.text.slice(...range)}: ${locks.join(', ')} (${effects.duration})`);
}
