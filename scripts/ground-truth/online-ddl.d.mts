export interface OnlineDdlServer {
  readonly flavor: 'mariadb' | 'mysql';
  readonly key: string;
  readonly algorithms: readonly string[];
  readonly tables: string;
}
export interface OnlineDdlScenario {
  readonly id: string;
  readonly setup: string;
  readonly statement: string;
  readonly results: Readonly<Record<string, object>>;
}
export interface OnlineDdlSession {
  run(sql: string): Promise<{
    readonly rows: readonly (readonly string[])[];
    readonly errors: readonly { readonly code: number; readonly message: string }[];
  }>;
}
export function serverOf(version: string): OnlineDdlServer;
export function measureOnlineDdl<Scenario extends OnlineDdlScenario>(
  server: OnlineDdlServer & OnlineDdlSession,
  scenarios: readonly Scenario[],
  done: (scenario: Scenario, result: object) => void,
): Promise<void>;
export function mysqlDifferences(
  scenario: OnlineDdlScenario,
  measured: object,
  key: string,
): readonly string[] | undefined;
export function mariadbDifferences(
  scenario: OnlineDdlScenario,
  measured: object,
  key: string,
): readonly string[] | undefined;
