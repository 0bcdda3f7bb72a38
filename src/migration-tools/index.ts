import type { MigrationTool } from './migration-tool.ts';
import { sql } from './sql.ts';

/** Every migration tool that Surefoot knows, by id; the last one takes what no other claims. */
export const MIGRATION_TOOLS: Readonly<Record<string, MigrationTool>> = { sql };
