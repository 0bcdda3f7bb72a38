import type { ForeignLinter } from './foreign-linter.ts';

/** The initializer: https://github.com/ankane/strong_migrations. */
export const strongMigrations: ForeignLinter = {
  title: 'strong_migrations',
  files: ['config/initializers/strong_migrations.rb'],
  read(text) {
    const version = /^\s*StrongMigrations\.target(?:_postgresql)?_version\s*=\s*["']?(\d+(?:\.\d+)*)/m.exec(text)?.[1];
    const off = [...text.matchAll(/^\s*StrongMigrations\.disable_check\(\s*:(\w+)/gm)].map(([, check]) => check!);
    return { off, ...(version === undefined ? {} : { serverVersion: version }) };
  },
};
