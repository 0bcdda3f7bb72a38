// Where a measured result and the file differ.

const sorted = list => [...(list ?? [])].sort();

/** Fields that any server shows in the same way, as comparable text; what one server cannot show is left out. */
function comparable(result, fields) {
  const views = {
    outcome: r => r.setupFailed?.code ?? r.error?.code ?? r.errorOnRows?.code ?? r.errorInTransaction?.code ?? 'ok',
    locks: r =>
      sorted(
        (r.locks ?? []).filter(l => !/^(AccessShare|RowShare)Lock$/.test(l.mode)).map(l => `${l.relation} ${l.mode}`),
      ),
    rewrite: r => sorted(r.rewrite),
    emptied: r => sorted(r.emptied),
    scan: r => sorted(r.scan),
    indexBuilt: r => sorted(r.indexBuilt),
    blocksReads: r => sorted(r.blocksReads),
    blocksWrites: r => sorted(r.blocksWrites),
  };
  return Object.fromEntries(fields.map(field => [field, JSON.stringify(views[field](result))]));
}

/**
 * @param scenario - with the file's results
 * @param measured - the result of a run
 * @param key - the version, or `pglite`
 * @returns one line per field that differs; empty when both agree, undefined when the file has no result to compare with
 */
export function differences(scenario, measured, key) {
  const stored = scenario.results[key];
  if (stored === undefined) return undefined;
  const fields = ['outcome', 'locks', 'rewrite', 'emptied', 'scan', 'indexBuilt'];
  if (key !== 'pglite' && !scenario.autocommit) fields.push('blocksReads', 'blocksWrites');
  // Locks of statements outside a transaction block are polled: a lock of a moment can be missed; scans are not observed.
  const visible = scenario.autocommit ? fields.filter(field => field !== 'locks' && field !== 'scan') : fields;
  const a = comparable(stored.onEmptyTables ? { ...stored, ...stored.onEmptyTables } : stored, visible);
  const b = comparable(measured.onEmptyTables ? { ...measured, ...measured.onEmptyTables } : measured, visible);
  return visible.filter(field => a[field] !== b[field]).map(field => `${field}: file ${a[field]}, server ${b[field]}`);
}
