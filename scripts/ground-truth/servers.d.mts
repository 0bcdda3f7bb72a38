export interface ProbeSession {
  readonly notices: string[];
  query(sql: string): Promise<Record<string, unknown>[]>;
  run(sql: string): Promise<void>;
  close(): Promise<void>;
}
export interface ProbeServer {
  readonly key: string;
  readonly second: boolean;
  session(): Promise<ProbeSession>;
  reset(): Promise<void>;
  close(): Promise<void>;
}
export function pgliteServer(): Promise<ProbeServer>;
export function postgresServer(url: string): Promise<ProbeServer>;
