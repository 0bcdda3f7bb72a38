import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { html } from '../../src/reporters/html.ts';
import { CHROMIUM, openTab, type Tab } from '../support/chromium.ts';
import {
  CWD,
  effectsOf,
  findingAt,
  impactAt,
  lintResult,
  migrationResult,
  PLAIN,
  projectResult,
  sourceFile,
} from './results.ts';

const HOSTILE = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=2">`;
const FILE = sourceFile(
  'migrations/a.sql',
  `-- ${HOSTILE}\nCREATE INDEX users_email_idx ON users (email) WHERE note = 'é🎉${'x'.repeat(300)}';\nDROP TABLE orders;\n`,
);

/** A thousand migrations; of the first three, one has both findings, one has an error, one has none. */
function page(): string {
  const migrations = Array.from({ length: 1000 }, (_, index) => migrationResult(`${String(index).padStart(4, '0')}_m`));
  const findings = migrations.flatMap(({ id }, index) => {
    if (index === 2) return [];
    const index0 = findingAt(FILE, 'CREATE INDEX users_email_idx', {
      migration: id,
      message: `blocks ${HOSTILE}`,
      tables: ['users'],
      effects: effectsOf({ locks: [] }),
      safeRewrite: {
        text: `-- ${HOSTILE}\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);`,
        language: 'sql',
      },
    });
    const drop = findingAt(FILE, 'DROP TABLE orders', {
      migration: id,
      rule: 'no-drop-table',
      severity: 'warning',
      message: 'loses the table',
      tables: ['orders'],
      statement: 1,
    });
    return index === 1 ? [index0] : [index0, drop];
  });
  const statements = migrations.flatMap(({ id }, index) =>
    [`table_${index % 60}`, 'users', `table_${(index * 7) % 60}`].map(table =>
      impactAt(FILE, 'DROP TABLE orders', { migration: id, tables: [table] }),
    ),
  );
  const history = { cwd: CWD, projects: [], statements };
  const text = html(lintResult([projectResult(migrations)], findings), { ...PLAIN, history });
  expect(Buffer.byteLength(text)).toBeLessThan(5_000_000);
  return text;
}

describe.skipIf(CHROMIUM === undefined)('the HTML report in Chromium', () => {
  let folder = '';
  let tab: Tab;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'surefoot-html-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, page());
    tab = await openTab(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await tab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shown = () => tab.evaluate<string>('document.getElementById("status").textContent');
  const visible = (selector: string) =>
    tab.evaluate<number>(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].filter(e=>!e.closest("[hidden]")).length`,
    );
  const input = (id: string, value: string) =>
    tab.evaluate(
      `(()=>{const e=document.getElementById(${JSON.stringify(id)});e.value=${JSON.stringify(value)};e.dispatchEvent(new Event("input",{bubbles:true}));return new Promise(r=>setTimeout(r,300))})()`,
    );
  const reset = () =>
    tab.evaluate('(document.querySelector("[type=reset]").click(),new Promise(r=>setTimeout(r,100)))');
  const press = async (key: string) => {
    await tab.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key });
    await tab.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
  };

  test('runs its own script, nothing of the project, and asks for nothing', async () => {
    expect(await tab.evaluate('window.pwned ?? null')).toBeNull();
    expect(tab.problems).toEqual([]);
    expect(await tab.evaluate('document.querySelectorAll("img,iframe,script").length')).toBe(1);
    expect(await shown()).toBe('1997 of 1997 findings shown');
  });

  test('can be used within a second of its opening', async () => {
    expect(await tab.evaluate<number>('performance.getEntriesByType("navigation")[0].loadEventEnd')).toBeLessThan(1000);
  });

  test('filters by severity, rule, table and text', async () => {
    await tab.evaluate('document.querySelector("[name=severity][value=e]").click()');
    await tab.evaluate('new Promise(r=>setTimeout(r,300))');
    expect(await shown()).toBe('998 of 1997 findings shown');
    expect(await visible('section.m')).toBe(998);
    await reset();
    const rule = await tab.evaluate<string>(
      '[...document.getElementById("rule").options].find(o=>o.text==="no-drop-table").value',
    );
    await input('rule', rule);
    expect(await shown()).toBe('998 of 1997 findings shown');
    await reset();
    const table = await tab.evaluate<string>(
      '[...document.getElementById("table").options].find(o=>o.text==="users").value',
    );
    await input('table', table);
    expect(await shown()).toBe('999 of 1997 findings shown');
    await input('q', '0001_m');
    expect(await shown()).toBe('1 of 1997 findings shown');
    await reset();
    expect(await shown()).toBe('1997 of 1997 findings shown');
  });

  test('unfolds what happened to a table, which leads to a migration and to the findings', async () => {
    expect(await tab.evaluate('document.querySelectorAll("details.t").length')).toBe(61);
    await tab.evaluate('document.getElementById("tables").open=true');
    const first = 'document.querySelector("details.t")';
    await tab.evaluate(`${first}.firstElementChild.click()`);
    expect(await tab.evaluate(`${first}.open`)).toBe(true);
    expect(await tab.evaluate(`${first}.firstElementChild.textContent`)).toContain('users 1,000 statements');
    await tab.evaluate(`${first}.querySelector(".link").click()`);
    expect(await shown()).toBe('999 of 1997 findings shown');
    await input('q', '0001_m');
    await tab.evaluate(`${first}.querySelector(".h a").click()`);
    expect(await tab.evaluate('location.hash')).toBe('#m0');
    expect(await visible('#m0')).toBe(1);
    await reset();
    await tab.evaluate('document.getElementById("tables").open=false');
  });

  test('goes from finding to finding by keys, and to the search', async () => {
    await press('j');
    await press('j');
    expect(await tab.evaluate('document.activeElement.textContent')).toContain('loses the table');
    await press('k');
    expect(await tab.evaluate('document.activeElement.textContent')).toContain('blocks </script>');
    await press('/');
    expect(await tab.evaluate('document.activeElement.id')).toBe('q');
    await tab.evaluate('document.activeElement.blur()');
  });

  test('a bar of the time line leads to its migration, also to one that the filter hides', async () => {
    await input('q', '0001_m');
    await tab.evaluate('document.querySelector(".line a").click()');
    expect(await tab.evaluate('location.hash')).toBe('#m0');
    expect(await visible('#m0')).toBe(1);
    expect(await tab.evaluate('document.querySelectorAll(".line > li").length')).toBe(1000);
    expect(await tab.evaluate('document.querySelectorAll(".line a").length')).toBe(999);
  });

  test.each([
    ['a telephone', 375, 1],
    ['a desk', 1400, 2],
  ])('fits %s', async (_name, width, columns) => {
    await reset();
    await tab.send('Emulation.setDeviceMetricsOverride', {
      width,
      height: 800,
      deviceScaleFactor: 1,
      mobile: width < 500,
    });
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await tab.evaluate('document.getElementById("tables").open=true');
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await tab.evaluate('document.getElementById("tables").open=false');
    await tab.evaluate('document.querySelector(".pair.two").scrollIntoView()');
    const grid = await tab.evaluate<string>(
      'getComputedStyle(document.querySelector(".pair.two")).gridTemplateColumns',
    );
    expect(grid.split(' ')).toHaveLength(columns);
    const { data } = (await tab.send('Page.captureScreenshot')) as { data: string };
    expect(Buffer.from(data, 'base64').length).toBeGreaterThan(10_000);
  });

  test.each(['light', 'dark'])('text can be read in %s colours', async scheme => {
    await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    // WCAG 2.2, 1.4.3: a contrast of 4.5 to 1.
    const worst = await tab.evaluate<{ ratio: number; what: string }>(`(()=>{
const light=c=>{const [r,g,b]=c.match(/[\\d.]+/g).map(Number).map(v=>v/255).map(v=>v<=.04045?v/12.92:((v+.055)/1.055)**2.4);return .2126*r+.7152*g+.0722*b};
const back=e=>{for(;e;e=e.parentElement){const c=getComputedStyle(e).backgroundColor;if(!/, 0\\)$/.test(c))return c}return "rgb(255,255,255)"};
let worst={ratio:99,what:""};
for(const e of document.querySelectorAll("h1,p,.soft,.error,.warning,.info,a:not(.skip),.t small,.h span,.h code,#m0 pre b,#m0 pre i,#m0 mark,button:not([disabled]),select")){
const a=light(getComputedStyle(e).color),b=light(back(e)),ratio=(Math.max(a,b)+.05)/(Math.min(a,b)+.05);
if(ratio<worst.ratio)worst={ratio,what:e.outerHTML.slice(0,120)}}
return worst})()`);
    expect(worst.ratio, worst.what).toBeGreaterThanOrEqual(4.5);
  });

  test('has names and landmarks for a screen reader', async () => {
    await tab.send('Accessibility.enable');
    const { nodes } = (await tab.send('Accessibility.getFullAXTree')) as {
      nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    };
    const seen = nodes.filter(({ ignored }) => !ignored);
    const roles = new Set(seen.map(({ role }) => role?.value));
    for (const role of ['banner', 'main', 'contentinfo', 'search', 'status', 'heading', 'list'])
      expect(roles).toContain(role);
    const needName = seen.filter(({ role }) =>
      ['link', 'button', 'checkbox', 'combobox', 'searchbox', 'image'].includes(role?.value ?? ''),
    );
    expect(needName.length).toBeGreaterThan(1000);
    expect(needName.filter(({ name }) => (name?.value ?? '') === '')).toEqual([]);
  });
});
