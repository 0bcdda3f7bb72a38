import { type ForeignLinter, quotedIn } from './foreign-linter.ts';

/** The linter's own section, or Django's settings: https://github.com/3YOURMIND/django-migration-linter. */
export const djangoMigrationLinter: ForeignLinter = {
  title: 'django-migration-linter',
  files: ['setup.cfg', 'tox.ini', 'pyproject.toml', '.django_migration_linter.cfg'],
  read(text) {
    const section = /^\[(?:tool\.)?django_migration_linter\]\s*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(text)?.[1] ?? '';
    const list = /^\s*exclude_migration_tests\s*=\s*(\[[\s\S]*?\]|[^\r\n]*)/m.exec(section)?.[1];
    const quoted = quotedIn(list);
    const off = quoted.length > 0 ? quoted : (list ?? '').split(/[\s,]+/).filter(name => /^\w+$/.test(name));
    return { off };
  },
};
